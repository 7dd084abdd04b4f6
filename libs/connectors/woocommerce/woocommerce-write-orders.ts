import { parseMoney } from '#libs/model/money.ts';
import type { Parcel } from '#libs/model/order.ts';
import type { OrderStep, RootPatch } from '../store-connector.ts';
import { readText } from './woocommerce-mapping.ts';
import { HOLD_META } from './woocommerce-marks.ts';
import { statusWord } from './woocommerce-status.ts';
import type { WriterParts } from './woocommerce-write.ts';
import { appendNotes } from './woocommerce-write-notes.ts';
import { recordRefund } from './woocommerce-write-refunds.ts';
import type { WriteFailure, WriteSession } from './woocommerce-write-session.ts';
import { holdMeta, sourceMeta, type Body, type MetaBody } from './woocommerce-write-values.ts';
import { orderWireSchema, type OrderWire } from './woocommerce-wire.ts';

export type StepFailure = WriteFailure;
export type StepParts = Pick<WriterParts, 'client' | 'tracking'>;

/** Stock was taken by the old shop, so this order takes none here: said in the very call that changes the status. */
export const STOCK_TAKEN: MetaBody = { key: '_order_stock_reduced', value: 'yes' };
/** Nothing is given back either: whatever moves is written as a number. */
export const STOCK_NOT_TAKEN: MetaBody = { key: '_order_stock_reduced', value: 'no' };

/**
 * Takes an order's steps one after another, each by what the order is like by then: a step that was taken before its answer got lost
 * is not taken twice. The first failure ends it; null: all were taken.
 */
export async function takeSteps(
  patch: Pick<RootPatch, 'targetId' | 'steps' | 'stamps'>,
  session: WriteSession,
  parts: StepParts,
): Promise<StepFailure | null> {
  const stamp = patch.stamps?.[0];
  if (stamp !== undefined) {
    const failure = await put(patch.targetId, { meta_data: [sourceMeta(stamp.sourceId)] }, session);
    if (failure !== null) return failure;
  }
  for (const [index, step] of patch.steps.entries()) {
    // Shipping ends the hold by itself, in one change of the status.
    if (step.kind === 'releaseHold' && patch.steps[index + 1]?.kind === 'fulfil') continue;
    const failure = await takeStep(patch.targetId, step, session, parts);
    if (failure !== null) return failure;
  }
  return null;
}

async function takeStep(
  orderId: string,
  step: OrderStep,
  session: WriteSession,
  parts: StepParts,
): Promise<StepFailure | null> {
  if (step.kind === 'history') return appendNotes(orderId, step.entries, session, parts);
  const order = await readOrder(orderId, session, parts);
  if (order === null) return { outcome: 'refused', message: 'the order is not there any more' };
  if (step.kind === 'refund') return takeRefund(order, step, session, parts);
  if (step.kind === 'fulfil' && step.lines !== undefined)
    return { outcome: 'refused', message: 'WooCommerce cannot say that an order is shipped in part' };
  const body = await toBody(order, step, session, parts);
  if (body === 'impossible')
    return { outcome: 'refused', message: `the order is ${statusWord(order.status)} and cannot be held` };
  return Object.keys(body).length === 0 ? null : put(orderId, body, session);
}

async function takeRefund(
  order: OrderWire,
  step: Extract<OrderStep, { kind: 'refund' }>,
  session: WriteSession,
  parts: StepParts,
): Promise<StepFailure | null> {
  const failure = await recordRefund(order.id, step, session, parts);
  if (failure !== null) return failure;
  const after = await readOrder(order.id, session, parts);
  if (after === null || !isPaidBack(after) || OVER.has(statusWord(after.status))) return null;
  // The shop turns only what is being worked on into "refunded" by itself.
  return put(order.id, { status: 'refunded', meta_data: [holdMeta(null), STOCK_NOT_TAKEN] }, session);
}

function isPaidBack(order: OrderWire): boolean {
  const minor = (decimal: string): number => parseMoney(decimal.replace('-', ''), order.currency)?.amountMinor ?? 0;
  const total = minor(order.total);
  return total > 0 && order.refunds.reduce((sum, refund) => sum + minor(refund.total), 0) >= total;
}

async function readOrder(id: string, { call }: WriteSession, { client }: StepParts): Promise<OrderWire | null> {
  const order = await client.find(orderWireSchema, { path: `/orders/${id}`, action: `read order ${id}` }, call);
  return order === null || statusWord(order.status) === 'trash' ? null : order;
}

export async function put(id: string, body: Body, session: WriteSession): Promise<StepFailure | null> {
  const request = { method: 'PUT' as const, path: `/orders/${id}`, body, action: `write order ${id}` };
  const sent = await session.send(orderWireSchema, request);
  return sent.ok ? null : sent.failure;
}

// ── what a step sends ────────────────────────────────────────────────────────────────────────────────────────

const UNPAID: ReadonlySet<string> = new Set(['pending', 'on-hold', 'failed', 'checkout-draft', 'auto-draft']);
const OVER: ReadonlySet<string> = new Set(['cancelled', 'refunded']);

async function toBody(
  order: OrderWire,
  step: Exclude<OrderStep, { kind: 'history' | 'refund' }>,
  session: WriteSession,
  parts: StepParts,
): Promise<Body | 'impossible'> {
  const word = statusWord(order.status);
  const held = word === 'on-hold' ? readText(order.meta_data, HOLD_META) : null;
  switch (step.kind) {
    case 'releaseHold':
      return held === null ? {} : { status: releasedTo(held), meta_data: [holdMeta(null), STOCK_TAKEN] };
    case 'hold':
      if (held !== null) return {};
      if (OVER.has(word) || word === 'completed') return 'impossible';
      return { status: 'on-hold', meta_data: [holdMeta(UNPAID.has(word) ? 'pending' : word), STOCK_TAKEN] };
    case 'pay':
      return toPayment({ word, held }, step.at);
    case 'fulfil':
      return {
        ...(word === 'completed' ? {} : { status: 'completed' }),
        meta_data: [holdMeta(null), STOCK_TAKEN, ...(await toTracking(order, step.parcels, true, session, parts))],
      };
    case 'track':
      return { meta_data: await toTracking(order, step.parcels, false, session, parts) };
    case 'cancel':
      return word === 'cancelled' ? {} : { status: 'cancelled', meta_data: [holdMeta(null), STOCK_NOT_TAKEN] };
    case 'note':
      return { customer_note: step.text ?? '' };
  }
}

/** An unpaid order waits as `on-hold`: `pending` would ask the customer to pay here. */
export function releasedTo(held: string): string {
  return held === 'pending' ? 'on-hold' : held;
}

function toPayment({ word, held }: { readonly word: string; readonly held: string | null }, at: string | null): Body {
  const paidAt = at === null ? [] : [paidMeta(at)];
  // On our hold it stays; what it is apart from the hold changes.
  if (held !== null) return held === 'pending' ? { meta_data: [holdMeta('processing'), ...paidAt] } : {};
  return UNPAID.has(word) ? { status: 'processing', meta_data: [STOCK_TAKEN, ...paidAt] } : {};
}

export function paidMeta(at: string): MetaBody {
  return { key: '_date_paid', value: String(Math.floor(Date.parse(at) / 1000)) };
}

/** A shipment adds its parcels to those that are there; to track is to have just these. */
async function toTracking(
  order: OrderWire,
  parcels: readonly Parcel[],
  adds: boolean,
  { call }: WriteSession,
  { tracking }: StepParts,
): Promise<readonly MetaBody[]> {
  if (adds && parcels.length === 0) return [];
  return tracking.toMeta(parcels, order.meta_data, await tracking.home(call));
}
