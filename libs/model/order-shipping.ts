import type { Order, OrderState } from './order.ts';

type Lines = Pick<Order, 'lines'>;

/** Units that leave in parcels; a fee, or a service that was sold, never does. */
function shippable({ lines }: Lines): Order['lines'] {
  return lines.filter(({ requiresShipping, quantity }) => requiresShipping && quantity > 0);
}

/** How many units have left; null where no line says. */
export function shippedUnits(order: Lines): number | null {
  const said = shippable(order).flatMap(({ shipped }) => shipped ?? []);
  return said.length === 0 ? null : said.reduce((sum, shipped) => sum + shipped, 0);
}

/**
 * The state that a status word means, once the order's own shipments are counted: few platforms have a word for "a part has left".
 * What is called open is `partial` when some, and not all, units have left; where all have left the word still stands, since a
 * merchant may have more to do than to ship.
 */
export function afterShipping(state: OrderState, order: Lines): OrderState {
  const units = shippedUnits(order);
  const all = shippable(order).reduce((sum, { quantity }) => sum + quantity, 0);
  const partly = units !== null && units > 0 && units < all;
  if (state.fulfilment === 'open' && partly && !state.cancelled)
    return withShippedPart({ ...state, fulfilment: 'partial' }, order);
  if (state.fulfilment === 'partial' && units !== null && units >= all)
    return withShippedPart({ ...state, fulfilment: 'fulfilled' }, order);
  return withShippedPart(state, order);
}

/** How much of it, where the state says that a part has left and the lines say how much. */
export function withShippedPart(state: OrderState, order: Lines): OrderState {
  const { shipped: _before, ...rest } = state;
  const units = shippedUnits(order);
  if (state.fulfilment !== 'partial' || units === null || units <= 0) return rest;
  return { ...rest, shipped: units };
}
