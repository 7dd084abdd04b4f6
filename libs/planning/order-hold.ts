import type { OrderStep } from '#libs/connectors/store-connector.ts';
import { mapStatus } from '#libs/fields/map-fields.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { isCarriedOnHold } from './plan-creation.ts';
import type { PlanInput } from './plan-types.ts';
import { isMadeByUs } from './stamps.ts';

/**
 * The hold that an order of our making still lacks because its creation was cut short after the order was made and before it was
 * held; none otherwise.
 *
 * Only while its creation is unfinished (the fact `creating`, or begun by an earlier owner and not linked): an order that was seen
 * whole once, and is not held, was released by a person, and is never held again. While it is unfinished, the facts cannot tell
 * "never held" from "held, and released by a person since"; then it is held, because a hold can be released once more, and a second
 * shipment cannot be taken back. The same holds for what is left of one that was shipped in part: for that its hold is let go of, and
 * set again, and the second call may have been cut short; so after a failed or unknown write it is held.
 */
export function lackingHold(input: PlanInput, source: StoredOrder, target: StoredOrder): readonly OrderStep[] {
  const there = target.order.status.state;
  const cutShort = input.unfinished === true || (input.interrupted === true && there?.fulfilment === 'partial');
  if (!cutShort || target.heldByUs || target.sourceId !== source.id) return [];
  // One that somebody else made may have been stamped since.
  if (!isMadeByUs(source, input.links.get(`order:${source.id}`), input.settings.migratedAt)) return [];
  const wanted = mapStatus(source.order.status, input.settings.maps.orderStatus, source.order);
  if (wanted === null || wanted === 'ignore' || wanted.state === null || !isCarriedOnHold(input, wanted.state))
    return [];
  if (there === null || there.cancelled || there.fulfilment === 'fulfilled') return [];
  return [{ kind: 'hold', sourceId: source.id }];
}

/** Whether what is left of an order is to be held again after a part of it has left: one of ours, where open orders are carried on hold. */
export function holdsRest(input: PlanInput, source: StoredOrder): boolean {
  const { settings, capabilities } = input;
  if (settings.openOrders !== 'hold' || !capabilities.holdsOrders) return false;
  return isMadeByUs(source, input.links.get(`order:${source.id}`), settings.migratedAt);
}

/**
 * The release of a hold of ours that was set for the merchant's own, which is no more; none otherwise. Where open orders are carried on
 * hold it stays, since nobody could tell which of the two it was set for.
 */
export function outlivedHold(input: PlanInput, source: StoredOrder, target: StoredOrder): readonly OrderStep[] {
  const { settings, held } = input;
  if (!target.heldByUs || settings.openOrders === 'hold' || !settings.selection.has('order.status')) return [];
  if (held.has('*') || held.has('order.status')) return [];
  const wanted = mapStatus(source.order.status, settings.maps.orderStatus, source.order);
  if (wanted === null || wanted === 'ignore' || wanted.state === null || wanted.state.onHold) return [];
  return [{ kind: 'releaseHold' }];
}
