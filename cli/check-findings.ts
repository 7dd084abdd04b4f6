import type { Finding, StoreIdentity } from '#libs/connectors/store-connector.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { SyncError } from '#libs/runtime/sync-error.ts';
import { planWebhooks } from '../services/reconciler/plan-webhooks.ts';
import { faultText, unheardText } from './webhook-text.ts';
import type { KindToScan } from '../services/reconciler/scan-estimate.ts';
import { count, span } from './text.ts';
import type { WebhookState } from './webhooks-handlers.ts';

type Side = 'source' | 'target';

export function shopOf(side: Side): string {
  return side === 'source' ? 'old shop' : 'new shop';
}

/** What a shop's own check found, named so that nobody takes one shop's for the other's. */
export function sideFinding(side: Side, finding: Finding): Finding {
  const { topic } = finding;
  return { ...finding, topic: topic === 'reachable' ? `${shopOf(side)} reachable` : `${shopOf(side)}’s ${topic}` };
}

/** What a store or the log answered to a person who waits for it: nothing goes on by itself here. */
export function errorFinding(topic: string, { code, message, hint }: SyncError): Finding {
  const remedy =
    code === 'STORE_UNREACHABLE'
      ? 'is the address right, and is the shop up? Then look at DNS, firewall and certificate'
      : hint;
  return { level: 'problem', topic, message, remedy };
}

/** Whether the shop that answers is the one that was pinned; a shop not pinned yet is named. */
export function identityFinding(side: Side, identity: StoreIdentity, pinned: FactValue<'identity'> | null): Finding {
  const topic = `${shopOf(side)}’s identity`;
  if (pinned === null)
    return { level: 'ok', topic, message: `${identity.name} (${identity.id}); pinned at the first start` };
  if (pinned.id === identity.id) return { level: 'ok', topic, message: `${identity.name}, as pinned` };
  return {
    level: 'problem',
    topic,
    message: `answered by another shop (${identity.name}, ${identity.id}) than the one pinned (${pinned.name}, ${pinned.id})`,
    remedy: 'is the address still that of the shop? Mend source or target in the config',
  };
}

const PRICES: readonly FieldName[] = ['variant.price', 'variant.compareAtPrice'];

/** Prices mean the same only in one currency and with the same idea of tax. */
export function priceFindings(
  settings: PairSettings,
  source: StoreIdentity,
  target: StoreIdentity,
): readonly Finding[] {
  const selected = PRICES.filter((field) => settings.selection.has(field));
  if (selected.length === 0) return [];
  const found: Finding[] = [];
  if (selected.length === 1)
    found.push({
      level: 'warning',
      topic: 'prices',
      message: `only ${selected[0]} is selected: a sale at the old shop shows half at the new one`,
      remedy: 'select price and compareAtPrice together',
    });
  const untransformed = selected.filter((field) => settings.maps.transforms[field] === undefined);
  if (untransformed.length === 0) return found;
  if (source.currency !== target.currency)
    found.push({
      level: 'problem',
      topic: 'prices',
      message: `the old shop sells in ${source.currency}, the new one in ${target.currency}`,
      remedy: `give ${untransformed.join(' and ')} a transform under sync.variant.map, or take them out`,
    });
  if (source.taxesIncluded !== null && target.taxesIncluded !== null && source.taxesIncluded !== target.taxesIncluded)
    found.push({
      level: 'problem',
      topic: 'prices',
      message: `prices contain tax at ${source.taxesIncluded ? 'the old' : 'the new'} shop only`,
      remedy: `give ${untransformed.join(' and ')} a transform under sync.variant.map, or set both shops alike`,
    });
  return found;
}

/** Which of the status words that the old shop uses have no place at the new one. */
export function mappingFinding(
  pair: string,
  words: ReadonlyMap<string, { readonly orders: number; readonly mapped: boolean; readonly placeless?: number }>,
): Finding {
  if (words.size === 0) return { level: 'ok', topic: 'mapping', message: 'order.status: no order to look at yet' };
  const unmapped = [...words].filter(([, { mapped }]) => !mapped);
  const placeless = [...words].flatMap(([word, { placeless: many = 0 }]) =>
    many === 0 ? [] : [`${word} (${count(many, 'order')})`],
  );
  if (unmapped.length === 0 && placeless.length > 0)
    return {
      level: 'warning',
      topic: 'mapping',
      message: `order.status: the new shop has no status for ${placeless.join(', ')}: withheld`,
      remedy: `map those words to what it has under pairs.${pair}.sync.order.map.status`,
    };
  if (unmapped.length === 0)
    return {
      level: 'ok',
      topic: 'mapping',
      message: `order.status: each of ${count(words.size, 'status', 'statuses')} in use has its place`,
    };
  const named = unmapped.map(([word, { orders }]) => `${word} (${count(orders, 'order')})`).join(', ');
  return {
    level: 'warning',
    topic: 'mapping',
    message: `order.status: ${unmapped.length} of ${words.size} statuses in use have no mapping: ${named}`,
    remedy: `add them under pairs.${pair}.sync.order.map.status; until then those statuses are withheld`,
  };
}

/** How soon what moves no clock at the old shop is found there. */
export function scanFinding(share: number, kinds: readonly KindToScan[], roundMs: number | null): Finding {
  const topic = 'rolling scan';
  if (share === 0) return { level: 'ok', topic, message: 'none: what moves no clock is found by the comparison alone' };
  const counted = kinds.flatMap(({ root, count: n }) => (n === null ? [] : [count(n, root)]));
  const what = counted.length === 0 ? 'everything' : counted.join(', ');
  const long = roundMs === null ? 'as long as it takes' : `about ${span(roundMs)}`;
  return {
    level: 'ok',
    topic,
    message: `${what} in ${long} a round, with ${Math.round(share * 100)} % of the old shop’s budget: finds what moves no clock`,
  };
}

/** Whether the old shop tells us of what changes. */
export function webhookFinding(state: WebhookState): Finding {
  const topic = 'webhooks';
  if (state.off) return { level: 'ok', topic, message: 'off: the old shop is followed by sweeps alone' };
  if (!state.hasSecret)
    return { level: 'problem', topic, message: 'no secret to verify them with', remedy: 'set source.webhookSecrets' };
  if (state.url === null)
    return {
      level: 'warning',
      topic,
      message: 'ingest.publicUrl is not set, so nobody can tell whether they reach us',
      remedy: `set it, then: lockstep webhooks register ${state.pair}`,
    };
  const { create, remove, keep } = planWebhooks(state.ours, state.wanted, state.url);
  const remedy = `lockstep webhooks ${state.registeredAt === null ? 'register' : 'repair'} ${state.pair}`;
  if (create.length === state.wanted.length && remove.length === 0)
    return { level: 'problem', topic, message: `none of ${create.length} is registered to call ${state.url}`, remedy };
  const faults = [...create, ...remove.filter(({ topic: name }) => !create.some((one) => one.topic === name))];
  if (faults.length > 0)
    return {
      level: create.length > 0 ? 'problem' : 'warning',
      topic,
      message: `${keep.length} of ${state.wanted.length} are well; ${faults.map((fault) => faultText(fault)).join(', ')}`,
      remedy: `${remedy} (makes them anew, and catches up)`,
    };
  if (state.unheard.length > 0)
    return {
      level: 'warning',
      topic,
      message: `all ${keep.length} active, to ${state.url}, but ${state.unheard.map((one) => unheardText(one)).join('; ')}`,
      remedy: `can the old shop reach ${state.url}? Then: lockstep webhooks repair ${state.pair}`,
    };
  return { level: 'ok', topic, message: `all ${keep.length} active, to ${state.url}` };
}
