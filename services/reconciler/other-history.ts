import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { Settled } from '#libs/facts/fact-kinds.ts';
import { mapFields, mapStatus } from '#libs/fields/map-fields.ts';
import type { StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import { fieldKey } from '#libs/planning/plan-entity.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';

/** Orders that changed less than this ago may still get notes, although they are shipped. */
const RECENT_MS = 30 * 86_400_000;

type Known = { readonly stored: StoredRoot; readonly settled: Settled | null };

/**
 * Orders whose history is another than the settled one. A note moves no clock, and reading notes costs a call an order on some
 * platforms: so only those of open orders and of those changed in the last thirty days are read.
 */
export async function withOtherHistory(
  deps: ReconcilerDeps,
  known: readonly Known[],
  call: ReadContext,
): Promise<readonly StoredOrder[]> {
  const { settings, source, fingerprint, clock } = deps;
  if (!settings.selection.has('order.history')) return [];
  const prints = new Map<string, string>();
  for (const { stored, settled } of known) {
    const print = settled?.wanted[fieldKey({ entity: 'order', id: stored.id }, 'history')];
    if (stored.root === 'order' && print !== undefined && mayGetNotes(deps, stored, clock.now()))
      prints.set(stored.id, print);
  }
  const refs = [...prints.keys()].map((id) => ({ id }));
  if (refs.length === 0) return [];
  const read = await source.readRoots('order', refs, { ...call, fields: new Set(['order.history']) });
  return read.filter((stored): stored is StoredOrder => {
    if (stored?.root !== 'order') return false;
    const { wanted } = mapFields('order', stored.order, ['history'], settings.maps);
    return fingerprint(wanted['history']) !== prints.get(stored.id);
  });
}

function mayGetNotes({ settings }: ReconcilerDeps, { order, changedAt }: StoredOrder, now: number): boolean {
  const mapped = mapStatus(order.status, settings.maps.orderStatus, order);
  const state = mapped === null || mapped === 'ignore' ? null : mapped.state;
  const isOver = state !== null && (state.fulfilment === 'fulfilled' || state.cancelled);
  return !isOver || (changedAt !== null && now - Date.parse(changedAt) < RECENT_MS);
}
