import type { WebhookState } from './webhooks-handlers.ts';

/** What is to be done so that each wanted topic has exactly one active subscription at our address. */
export type WebhookPlan = {
  readonly create: readonly string[];
  /** Ours that are stopped, doubled, or no longer wanted. */
  readonly remove: readonly {
    readonly id: string;
    readonly topic: string;
    readonly why: 'stopped' | 'doubled' | 'not wanted';
  }[];
  readonly keep: readonly string[];
};

export function planWebhooks({ wanted, ours }: Pick<WebhookState, 'wanted' | 'ours'>): WebhookPlan {
  const keep = new Set<string>();
  const remove: WebhookPlan['remove'][number][] = [];
  for (const { id, topic, status } of ours) {
    if (!wanted.includes(topic)) remove.push({ id, topic, why: 'not wanted' });
    // A store that stopped a subscription does not start it again by itself, and tells nothing meanwhile.
    else if (status !== 'active') remove.push({ id, topic, why: 'stopped' });
    else if (keep.has(topic)) remove.push({ id, topic, why: 'doubled' });
    else keep.add(topic);
  }
  return { create: wanted.filter((topic) => !keep.has(topic)), remove, keep: [...keep] };
}
