import { z } from 'zod';

import type { StoredOrder } from '#libs/model/stored.ts';
import type { CreateResult, OrderStep, ShippedUnits } from '../store-connector.ts';
import type { CreateParts } from './shopify-create.ts';
import { toRefusal } from './shopify-create-product.ts';
import * as writes from './shopify-documents-write.ts';
import { fromGid } from './shopify-ids.ts';
import { toOrderInput, type OrderDraft } from './shopify-order-input.ts';
import { takeSteps } from './shopify-order-steps.ts';
import { userErrorWire } from './shopify-wire.ts';
import type { WriteSession } from './shopify-write-session.ts';

const createAnswer = z.object({
  orderCreate: z.object({ order: z.object({ id: z.string() }).nullish(), userErrors: z.array(userErrorWire) }),
});

const NOT_ALL_ORDERS =
  'the app lacks read_all_orders: in sixty days the order could not be found again, and would be made once more';
const TOO_MANY = /rate limit|too many attempts/i;
const TOO_MANY_WAIT_MS = 15_000;

/** Makes an order that moves no stock and mails nobody, takes it to its state, and looks whether it is whole to the cent. */
export async function createOrder(draft: OrderDraft, session: WriteSession, parts: CreateParts): Promise<CreateResult> {
  const made = toOrderInput(draft);
  if ('offBy' in made)
    return {
      outcome: 'refused',
      message: `the parts of the order differ from its total by ${made.offBy} in the smallest unit`,
    };
  if (!(await parts.readsAllOrders(session.call))) return { outcome: 'refused', message: NOT_ALL_ORDERS };
  const sent = await session.send(writes.CREATE_ORDER, createAnswer, { order: made.input });
  if (!sent.ok) return sent.failure;
  const { order, userErrors } = sent.data.orderCreate;
  // Development and trial shops take five orders a minute, and say so in words alone.
  if (userErrors.some(({ message }) => TOO_MANY.test(message)))
    return { outcome: 'throttled', retryAfterMs: TOO_MANY_WAIT_MS };
  const refused = toRefusal(userErrors);
  if (refused !== null) return refused;
  if (order === null || order === undefined) return { outcome: 'unknown', message: 'creation named no order' };

  const orderId = fromGid(order.id);
  const lineIds = draft.state.fulfilment === 'partial' ? await readLineIds(orderId, session, parts) : [];
  const failure = await takeSteps(stepsAfter(draft, lineIds), {
    orderId,
    sourceId: draft.sourceId,
    session,
    client: parts.client,
    clock: parts.clock,
  });
  const stored = await readMade(orderId, draft, session, parts);
  if (stored === null) return { outcome: 'unknown', message: 'the order was made, and cannot be read' };
  return { outcome: 'created', stored, complete: failure === null && isWhole(stored, draft) };
}

/** What orderCreate itself cannot say. `lineIds` are the made order's own, in the draft's order, where a part of it has left. */
export function stepsAfter(draft: OrderDraft, lineIds: readonly string[] = []): readonly OrderStep[] {
  const { order, state, hold, sourceId } = draft;
  const steps: OrderStep[] = [];
  // What needs no shipping has no fulfilment order that could be held.
  const sent = order.lines.some(({ requiresShipping }) => requiresShipping);
  const open = sent && !state.cancelled && state.fulfilment !== 'fulfilled';
  const lines = order.lines.flatMap(({ shipped = 0 }, index): ShippedUnits[] => {
    const lineId = lineIds[index];
    return shipped > 0 && lineId !== undefined ? [{ lineId, shipped }] : [];
  });
  // What is held cannot leave any more.
  if (state.fulfilment === 'partial' && lines.length > 0)
    steps.push({ kind: 'fulfil', parcels: order.tracking, lines });
  // Before all else, so that no warehouse is quicker.
  if (open && (hold || state.onHold)) steps.push({ kind: 'hold', sourceId });
  if (state.fulfilment === 'fulfilled') steps.push({ kind: 'fulfil', parcels: order.tracking });
  if (state.payment === 'refunded' || state.payment === 'partiallyRefunded')
    for (const { id, amount, at, reason } of order.refunds)
      steps.push({ kind: 'refund', sourceId: id, amount, at, reason });
  if (state.cancelled) steps.push({ kind: 'cancel' });
  return steps;
}

/** The lines of the draft come first and in their order; fees and rounding follow. */
async function readLineIds(
  orderId: string,
  session: WriteSession,
  { reader }: CreateParts,
): Promise<readonly string[]> {
  const [stored] = await reader.roots('order', [{ id: orderId }], { ...session.call, fields: new Set() });
  return stored?.root === 'order' ? stored.order.lines.map(({ id }) => id) : [];
}

const LOOK_MS = 300;
const LOOKS_MAX = 5;

/** Fulfilment orders may appear a moment after their order: only then can it be held. */
async function readMade(
  orderId: string,
  draft: OrderDraft,
  session: WriteSession,
  { reader, clock, client }: CreateParts,
): Promise<StoredOrder | null> {
  const hold = stepsAfter(draft).filter(({ kind }) => kind === 'hold');
  for (let looks = 0; ; looks++) {
    const [stored] = await reader.roots('order', [{ id: orderId }], {
      ...session.call,
      fields: new Set(['order.history']),
    });
    if (stored === null || stored === undefined || stored.root !== 'order') return null;
    if (hold.length === 0 || stored.heldByUs || looks >= LOOKS_MAX) return stored;
    await clock.sleep(LOOK_MS, session.call.signal);
    await takeSteps(hold, { orderId, sourceId: draft.sourceId, session, client, clock });
  }
}

function isWhole(stored: StoredOrder, draft: OrderDraft): boolean {
  const { order, heldByUs } = stored;
  const held = stepsAfter(draft).every(({ kind }) => kind !== 'hold') || heldByUs;
  return (
    held &&
    order.total.amountMinor === draft.order.total.amountMinor &&
    order.total.currency === draft.order.total.currency &&
    order.lines.length >= draft.order.lines.length &&
    (draft.state.fulfilment !== 'partial' || order.status.state?.fulfilment === 'partial')
  );
}
