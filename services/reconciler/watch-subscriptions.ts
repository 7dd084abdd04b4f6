import type { CallContext, StoreConnector, Subscription } from '#libs/connectors/store-connector.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import { planWebhooks, type FaultyTopic, type WebhookPlan } from './plan-webhooks.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';

/** Where webhooks of the pair belong, and what signs them. */
export type WebhookPlace = { readonly url: string; readonly secret: string };

type Subscribed = FactValue<'subscribed'>;

export type Mending = {
  readonly create: readonly FaultyTopic[];
  readonly remove: WebhookPlan['remove'];
  /** What only a person may mend: told, and left. */
  readonly left: readonly FaultyTopic[];
};

const NOTHING: Mending = { create: [], remove: [], left: [] };

/** Topics that a pair's source has to tell of. */
export function topicsWanted(settings: PairSettings, source: Pick<StoreConnector, 'topicsFor'>): readonly string[] {
  const created = ROOT_KINDS.filter((root) => settings.create[root] !== 'none');
  return source.topicsFor(settings.selection, created);
}

/**
 * What the watch mends by itself, from what the shop lists. Pure. Where nobody has registered any, none are made. One that is paused
 * was paused by a person and stays; what calls this pair at another address goes only if that is where we had registered it.
 */
export function planMending(
  present: readonly Subscription[],
  wanted: readonly string[],
  url: string,
  subscribed: Pick<Subscribed, 'url'> | null,
): Mending {
  if (subscribed === null && !present.some((one) => one.url === url)) return NOTHING;
  const plan = planWebhooks(present, wanted, url);
  const paused = new Set(plan.remove.filter(({ why }) => why === 'paused').map(({ topic }) => topic));
  const isOld = new Set(present.filter((one) => one.url === subscribed?.url).map(({ id }) => id));
  const remove = plan.remove.filter(({ id, why }) => why !== 'paused' && (why !== 'elsewhere' || isOld.has(id)));
  return {
    create: plan.create.filter(({ topic }) => !paused.has(topic)),
    remove,
    left: plan.remove.filter((one) => !remove.includes(one)).map(({ topic, why }) => ({ topic, why })),
  };
}

/** Mends the webhook subscriptions of the source; how many were made. What was missed meanwhile is for the sweep. */
export async function mendSubscriptions(
  deps: ReconcilerDeps,
  configured: WebhookPlace,
  signal: AbortSignal,
): Promise<number> {
  const { settings, source, facts, clock, random, say } = deps;
  const pair = settings.name;
  const phase = await facts.get(pair, 'phase', 'phase');
  if (phase?.phase !== 'follow') return 0;
  const call: CallContext = { signal, priority: 'sweep' };
  const subscribed = await facts.get(pair, 'subscribed', 'webhooks');
  const place = { ...configured, url: placeOf(configured.url, subscribed) };
  const present = await source.listSubscriptions(call);
  const wanted = topicsWanted(settings, source);
  const mending = planMending(present, wanted, place.url, subscribed);
  const { create, remove, left } = mending;
  if (create.length + remove.length > 0) await carryOut(source, place, mending, call);
  const known = subscribed !== null || present.some(({ url }) => url === place.url);
  if (known) await noteWatched(deps, place.url, { before: subscribed, wanted: wanted.length, left });
  if (create.length === 0) return 0;
  say('warn', { created: create, removed: remove }, 'webhooks were missing: mended');
  const now = clock.now();
  const id = `${new Date(now).toISOString()}-${randomId(random).slice(0, 6)}`;
  const what = `mended webhooks: ${create.map(({ topic, why }) => `${topic} (${why})`).join(', ')}`;
  await facts.put([{ pair, kind: 'act', id, value: { at: now, by: 'lockstep', what } }]);
  return create.length;
}

/**
 * Makes what is missing, and then removes what it replaces: a shop that changes something in between must not go unheard. One that has
 * a subscription for a topic and an address already changes that one instead: it is not removed afterwards.
 */
export async function carryOut(
  source: StoreConnector,
  { url, secret }: WebhookPlace,
  { create, remove }: Pick<Mending, 'create' | 'remove'>,
  call: CallContext,
): Promise<void> {
  const write = { ...call, maySend: () => !call.signal.aborted };
  const made = new Set<string>();
  for (const { topic } of create) made.add((await source.createSubscription({ topic, url, secret }, write)).id);
  for (const { id } of remove) if (!made.has(id)) await source.deleteSubscription(id, write);
}

/** Where webhooks of the pair belong: as a person said when they were registered, as long as the config says what it said then. */
export function placeOf(configured: string, subscribed: Pick<Subscribed, 'url' | 'overrides'> | null): string {
  return subscribed?.overrides === configured ? subscribed.url : configured;
}

// Only what changed: a fact at each sweep would fill the log.
async function noteWatched(
  { facts, settings, clock }: ReconcilerDeps,
  url: string,
  {
    before,
    wanted,
    left,
  }: { readonly before: Subscribed | null; readonly wanted: number; readonly left: Mending['left'] },
): Promise<void> {
  const faults = left.map(({ topic, why }) => `${topic} is ${why}`);
  const paused = left.filter(({ why }) => why === 'paused').length;
  const value = { url, wanted, active: wanted - paused, faults };
  const same =
    before !== null &&
    before.url === url &&
    before.wanted === wanted &&
    before.active === value.active &&
    before.faults.join() === faults.join();
  if (same) return;
  const overrides = before?.overrides === undefined || before.url !== url ? {} : { overrides: before.overrides };
  const full = {
    ...value,
    ...overrides,
    at: before?.at ?? clock.now(),
    by: before?.by ?? 'lockstep',
    unheard: before?.unheard ?? {},
  };
  await facts.put([{ pair: settings.name, kind: 'subscribed', id: 'webhooks', value: full }]);
}
