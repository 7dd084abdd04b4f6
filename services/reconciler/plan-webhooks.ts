import type { Subscription } from '#libs/connectors/store-connector.ts';

/** What is wrong with a subscription, or with the lack of one. */
export type WebhookFault =
  /** The shop has none: it was never made, or was deleted there. */
  | 'missing'
  /** The shop has stopped it, after failures; it does not start it again by itself. */
  | 'disabled'
  /** Somebody has paused it at the shop. */
  | 'paused'
  /** A second one of its topic: everything comes twice. */
  | 'doubled'
  /** It calls the same pair at another address. */
  | 'elsewhere'
  /** It is active and does not tell all that is needed: a filter, fields that are left out. */
  | 'unsound'
  /** A topic that this pair has no use for. */
  | 'not wanted';

export type FaultyTopic = { readonly topic: string; readonly why: WebhookFault };

/** What is to be done so that each wanted topic has exactly one sound, active subscription at our address. */
export type WebhookPlan = {
  /** Topics to be made, each with what is wrong now. */
  readonly create: readonly FaultyTopic[];
  /** Removed once their successors are there. */
  readonly remove: readonly (FaultyTopic & { readonly id: string })[];
  /** Topics that are well. */
  readonly keep: readonly string[];
};

/** Plans from what the shop lists. Pure. What calls neither our address nor this pair at another one is somebody else's. */
export function planWebhooks(present: readonly Subscription[], wanted: readonly string[], url: string): WebhookPlan {
  const keep = new Set<string>();
  const remove: (FaultyTopic & { readonly id: string })[] = [];
  for (const one of present) {
    if (!isOfPair(one, url)) continue;
    const why = faultOf(one, wanted, url) ?? (keep.has(one.topic) ? 'doubled' : null);
    if (why === null) keep.add(one.topic);
    else remove.push({ id: one.id, topic: one.topic, why });
  }
  const create = wanted
    .filter((topic) => !keep.has(topic))
    .map((topic) => ({ topic, why: remove.find((one) => one.topic === topic)?.why ?? ('missing' as const) }));
  return { create, remove, keep: [...keep] };
}

function faultOf({ topic, url: calls, status, unsound }: Subscription, wanted: readonly string[], url: string) {
  if (calls !== url) return 'elsewhere' as const;
  if (!wanted.includes(topic)) return 'not wanted' as const;
  if (status !== 'active') return status;
  return unsound === undefined ? null : ('unsound' as const);
}

/** Whether a subscription calls this pair, at our address or at an earlier one. */
export function isOfPair({ url: calls }: Pick<Subscription, 'url'>, url: string): boolean {
  return calls === url || pairPath(calls) === pairPath(url);
}

// `/webhooks/<pair>`, whatever stands before it.
function pairPath(address: string): string {
  return URL.canParse(address) ? new URL(address).pathname.split('/').slice(-2).join('/') : address;
}
