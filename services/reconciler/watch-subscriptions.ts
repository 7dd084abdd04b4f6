import type { CallContext, Subscription } from '#libs/connectors/store-connector.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';

/** Where webhooks of the pair belong, and what signs them. */
export type WebhookPlace = { readonly url: string; readonly secret: string };

export type Mending = {
  /** Topics to be made, in order. */
  readonly create: readonly string[];
  /** Subscriptions that the shop has disabled: deleted once their successor is there. */
  readonly remove: readonly Subscription[];
};

/**
 * What is to be mended, from what the shop lists. Pure. One that is paused was paused by a person and stays; where the shop has none
 * of ours, nobody registered them yet, or all were taken away on purpose.
 */
export function planMending(present: readonly Subscription[], wanted: readonly string[], url: string): Mending {
  const ours = present.filter((one) => one.url === url);
  if (ours.length === 0) return { create: [], remove: [] };
  const alive = new Set(ours.filter(({ status }) => status !== 'disabled').map(({ topic }) => topic));
  const remove = ours.filter(({ status }) => status === 'disabled');
  const create = wanted.filter((topic) => !alive.has(topic));
  return { create, remove };
}

/** Mends the webhook subscriptions of the source; how many were made. What was missed meanwhile is for the sweep. */
export async function mendSubscriptions(
  { settings, source, facts, clock, random, say }: ReconcilerDeps,
  { url, secret }: WebhookPlace,
  signal: AbortSignal,
): Promise<number> {
  const phase = await facts.get(settings.name, 'phase', 'phase');
  if (phase?.phase !== 'follow') return 0;
  const call: CallContext = { signal, priority: 'sweep' };
  const created = ROOT_KINDS.filter((root) => settings.create[root] !== 'none');
  const wanted = source.topicsFor(settings.selection, created);
  const { create, remove } = planMending(await source.listSubscriptions(call), wanted, url);
  if (create.length === 0 && remove.length === 0) return 0;
  const write = { ...call, maySend: () => !signal.aborted };
  for (const topic of create) await source.createSubscription({ topic, url, secret }, write);
  for (const { id } of remove) await source.deleteSubscription(id, write);
  say('warn', { created: create, removed: remove.map(({ topic }) => topic) }, 'webhooks were missing: mended');
  const now = clock.now();
  const id = `${new Date(now).toISOString()}-${randomId(random).slice(0, 6)}`;
  const what = `mended webhooks: ${create.join(', ')}`;
  await facts.put([{ pair: settings.name, kind: 'act', id, value: { at: now, by: 'lockstep', what } }]);
  return create.length;
}
