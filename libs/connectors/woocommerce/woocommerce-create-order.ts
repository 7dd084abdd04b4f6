import { formatMoney, parseMoney } from '#libs/model/money.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import type { CreateResult, OrderStep } from '../store-connector.ts';
import type { CreateParts } from './woocommerce-create.ts';
import { isHeld, statusOf, toOrderBody, type OrderDraft } from './woocommerce-order-input.ts';
import { put, takeSteps } from './woocommerce-write-orders.ts';
import type { Sent, WriteSession } from './woocommerce-write-session.ts';
import type { Body } from './woocommerce-write-values.ts';
import { orderWireSchema, type OrderWire } from './woocommerce-wire.ts';

/** Makes an order that moves no stock and mails nobody, takes it to its state, and looks whether it is whole to the cent. */
export async function createOrder(draft: OrderDraft, session: WriteSession, parts: CreateParts): Promise<CreateResult> {
  const { tracking } = draft.order;
  const meta =
    tracking.length === 0 ? [] : parts.tracking.toMeta(tracking, [], await parts.tracking.home(session.call));
  const made = toOrderBody(draft, await parts.shop.taxMode(session.call), meta);
  if ('offBy' in made)
    return {
      outcome: 'refused',
      message: `the parts of the order differ from its total by ${made.offBy} in the smallest unit`,
    };
  const half = draft.half?.root === 'order' ? draft.half : undefined;
  const sent = half === undefined ? await post(made.body, session) : await complete(half, made.body, session);
  if (!sent.ok) return sent.failure;
  const order = sent.data;
  const rounded = await settleRounding(order, draft, session);
  const failure = rounded ?? (await takeSteps({ targetId: order.id, steps: stepsAfter(draft) }, session, parts));
  const fields = new Set(['order.history', 'order.tracking'] as const);
  const [stored] = await parts.readRoots('order', [{ id: order.id }], { ...session.call, fields });
  if (stored === null || stored === undefined || stored.root !== 'order')
    return { outcome: 'unknown', message: 'the order was made, and cannot be read' };
  const whole = failure === null && isWhole(stored, draft);
  // What could not be completed is told; once more would end the same way.
  if (half !== undefined && !whole) return failure ?? { outcome: 'refused', message: HALF_MADE };
  return { outcome: 'created', stored, complete: whole };
}

const HALF_MADE = 'it was left half made, and what is there of it is not what it should be: remove it, then try again';

function post(body: Body, session: WriteSession): Promise<Sent<OrderWire>> {
  return session.send(orderWireSchema, { method: 'POST', path: '/orders', body, action: 'create an order' });
}

/**
 * Adds what a creation that was cut short has not written: all of its lines, or, where they are there and nobody has added them up,
 * nothing but the reason to do so. Lines that are there in part are left to a person: which they are is not to be told for certain.
 */
async function complete({ id, order }: StoredOrder, body: Body, session: WriteSession): Promise<Sent<OrderWire>> {
  const { line_items: lines, shipping_lines: shipping, fee_lines: fees, created_via: _mark, ...rest } = body;
  const wanted = [lines, shipping, fees].map((list) => (list as readonly unknown[]).length);
  const there = [order.lines.length, order.shipping.length, order.fees.length];
  const hasAll = there.every((count, index) => count === wanted[index]);
  if (!hasAll && there.some((count) => count > 0))
    return { ok: false, failure: { outcome: 'refused', message: HALF_MADE } };
  const lacking = hasAll ? {} : { line_items: lines, shipping_lines: shipping, fee_lines: fees };
  const request = { method: 'PUT' as const, path: `/orders/${id}`, body: { ...rest, ...lacking } };
  return session.send(orderWireSchema, { ...request, action: `complete order ${id}` });
}

// The shop works its taxes out by its own rates, and rounds where it likes: more than this is another tax, which a person looks at.
const ROUNDING_MAX = 5;

/** A few cents of rounding become a line of their own, so that the total is the one that was paid; null: it is. */
async function settleRounding(order: OrderWire, { order: wanted }: OrderDraft, session: WriteSession) {
  const total = parseMoney(order.total, order.currency);
  const lacking = total === null ? 0 : wanted.total.amountMinor - total.amountMinor;
  if (lacking === 0 || Math.abs(lacking) > ROUNDING_MAX) return null;
  const amount = formatMoney({ amountMinor: lacking, currency: wanted.currency });
  return put(order.id, { fee_lines: [{ name: 'Rounding', total: amount, tax_status: 'none' }] }, session);
}

/** What the creation itself cannot say. */
export function stepsAfter(draft: OrderDraft): readonly OrderStep[] {
  const { order, state } = draft;
  const steps: OrderStep[] = [];
  const paysBack = state.payment === 'refunded' || state.payment === 'partiallyRefunded';
  if (paysBack && statusOf(draft) !== 'refunded')
    for (const { id, amount, at, reason } of order.refunds)
      steps.push({ kind: 'refund', sourceId: id, amount, at, reason });
  if (order.history !== null && order.history.length > 0) steps.push({ kind: 'history', entries: order.history });
  return steps;
}

function isWhole(stored: StoredOrder, draft: OrderDraft): boolean {
  const { order, heldByUs, sourceId } = stored;
  return (
    (!isHeld(draft) || heldByUs) &&
    sourceId === draft.sourceId &&
    order.total.amountMinor === draft.order.total.amountMinor &&
    order.total.currency === draft.order.total.currency &&
    order.lines.length >= draft.order.lines.length &&
    // A reference to a product that is gone is no error here: its line would stand without one.
    draft.lineVariantIds.every((id, index) => id === null || order.lines[index]?.variantId === id) &&
    draft.state.fulfilment !== 'partial'
  );
}
