import { z } from 'zod';

import type { OrderStep } from '../store-connector.ts';
import * as reads from './shopify-documents-read.ts';
import * as writes from './shopify-documents-write.ts';
import { toGid } from './shopify-ids.ts';
import { appendHistory, OUR_HOLD, parseHistory } from './shopify-mapping-order.ts';
import { mutate, type StepOutcome, type StepWork } from './shopify-order-step.ts';
import { fulfil, track } from './shopify-order-shipping.ts';
import { refund } from './shopify-order-refund.ts';
import { orderWorkAnswer, userErrorWire } from './shopify-wire.ts';
import { refusal } from './shopify-write-session.ts';

type Steps = Omit<StepWork, 'order'> & { readonly orderId: string; readonly sourceId: string };

/**
 * Takes an order's steps one after another, each guarded by what the order is like by then: a step that was taken before the
 * answer got lost is not taken twice. The first failure ends it. An order that was let go of to be shipped, and was not, is held
 * again before that is told: nobody else may ship it meanwhile, however long it takes until it is tried again.
 */
export async function takeSteps(steps: readonly OrderStep[], parts: Steps): Promise<StepOutcome> {
  for (const [index, step] of steps.entries()) {
    const failure = await takeNext(step, parts);
    if (failure === null) continue;
    const released = steps.slice(0, index).some(({ kind }) => kind === 'releaseHold');
    if (released && step.kind === 'fulfil') await takeNext({ kind: 'hold', sourceId: parts.sourceId }, parts);
    return failure;
  }
  return null;
}

async function takeNext(step: OrderStep, { orderId, sourceId: _carried, ...parts }: Steps): Promise<StepOutcome> {
  const { client, session } = parts;
  const id = toGid('Order', orderId);
  const { order } = await client.read(reads.ORDER_WORK, orderWorkAnswer, { id }, session.call);
  if (order === null || order === undefined) return { outcome: 'refused', message: 'the order is not there any more' };
  return await takeStep(step, { order, ...parts });
}

async function takeStep(step: OrderStep, work: StepWork): Promise<StepOutcome> {
  switch (step.kind) {
    case 'releaseHold':
      return await releaseHold(work);
    case 'hold':
      return await hold(step.sourceId, work);
    case 'pay':
      return await pay(work);
    case 'fulfil':
      return await fulfil(step, work);
    case 'track':
      return await track(step.parcels, work);
    case 'refund':
      return await refund(step, work);
    case 'cancel':
      return await cancel(work);
    case 'history':
      return await writeHistory(step.entries, work);
    case 'note':
      return await mutate(
        writes.UPDATE_ORDER,
        'orderUpdate',
        { input: { id: work.order.id, note: step.text ?? '' } },
        work,
      );
  }
}

async function releaseHold(work: StepWork): Promise<StepOutcome> {
  for (const { id, fulfillmentHolds } of work.order.fulfillmentOrders.nodes) {
    // By their ids: a hold that somebody else set must stay.
    const holdIds = fulfillmentHolds.filter(({ handle }) => handle === OUR_HOLD).map((held) => held.id);
    if (holdIds.length === 0) continue;
    const failure = await mutate(writes.RELEASE_HOLD, 'fulfillmentOrderReleaseHold', { id, holdIds }, work);
    if (failure !== null) return failure;
  }
  return null;
}

const holdAnswer = z.object({ fulfillmentOrderHold: z.object({ userErrors: z.array(userErrorWire) }) });
const HOLDABLE = new Set(['OPEN', 'IN_PROGRESS', 'ON_HOLD', 'SCHEDULED']);

async function hold(sourceId: string, work: StepWork): Promise<StepOutcome> {
  for (const { id, status, fulfillmentHolds } of work.order.fulfillmentOrders.nodes) {
    if (!HOLDABLE.has(status) || fulfillmentHolds.some(({ handle }) => handle === OUR_HOLD)) continue;
    const held = {
      reason: 'OTHER',
      reasonNotes: 'The old store ships this order',
      externalId: sourceId,
      handle: OUR_HOLD,
      notifyMerchant: false,
    };
    const sent = await work.session.send(writes.HOLD, holdAnswer, { id, hold: held });
    if (!sent.ok) return sent.failure;
    // A hold of this handle is our own, set since the order was read.
    const errors = sent.data.fulfillmentOrderHold.userErrors.filter(
      ({ code }) => code !== 'DUPLICATE_FULFILLMENT_HOLD_HANDLE',
    );
    const refused = refusal(errors);
    if (refused !== null) return refused;
  }
  return null;
}

const PAID = new Set(['PAID', 'PARTIALLY_REFUNDED', 'REFUNDED']);

async function pay(work: StepWork): Promise<StepOutcome> {
  if (PAID.has(work.order.displayFinancialStatus ?? '')) return null;
  const { transactions } = work.order;
  const waiting = transactions.find(
    ({ id, kind, status, gateway }) =>
      kind === 'AUTHORIZATION' &&
      status === 'SUCCESS' &&
      gateway !== 'manual' &&
      !transactions.some(({ parentTransaction }) => parentTransaction?.id === id),
  );
  // The platform would capture it, and take the customer's money.
  if (waiting !== undefined)
    return {
      outcome: 'refused',
      message: `a payment is authorised at ${waiting.gateway ?? 'a gateway'}: marking the order as paid would capture it`,
    };
  return await mutate(writes.MARK_PAID, 'orderMarkAsPaid', { input: { id: work.order.id } }, work);
}

// ── cancelling ───────────────────────────────────────────────────────────────────────────────────────────────

const jobErrors = z.array(userErrorWire).nullish();
const cancelAnswer = z.object({
  orderCancel: z.object({
    jobResult: z.object({ id: z.string(), status: z.string(), done: z.boolean(), errors: jobErrors }).nullish(),
    orderCancelUserErrors: z.array(userErrorWire),
  }),
});
const cancelResultAnswer = z.object({
  node: z.object({ status: z.string().nullish(), done: z.boolean().nullish(), errors: jobErrors }).nullish(),
});
const POLL_MS = 500;
const POLLS_MAX = 60;

/** The shop cancels in its own time: that is waited for, and looked at again where it takes longer. */
async function cancel(work: StepWork): Promise<StepOutcome> {
  if (isCancelled(work.order)) return null;
  const outcome = await askToCancel(work);
  if (outcome?.outcome !== 'refused') return outcome;
  // An earlier call of ours may have done it meanwhile: then it has come to what was wanted.
  const { client, session, order } = work;
  const now = await client.read(reads.ORDER_WORK, orderWorkAnswer, { id: order.id }, session.call);
  return isCancelled(now.order) ? null : outcome;
}

function isCancelled(order: StepWork['order'] | null | undefined): boolean {
  return (order?.cancelledAt ?? null) !== null;
}

async function askToCancel(work: StepWork): Promise<StepOutcome> {
  const { session, client, clock } = work;
  const sent = await session.send(writes.CANCEL, cancelAnswer, { orderId: work.order.id });
  if (!sent.ok) return sent.failure;
  const { jobResult, orderCancelUserErrors } = sent.data.orderCancel;
  const refused = refusal(orderCancelUserErrors);
  if (refused !== null) return refused;
  if (jobResult === null || jobResult === undefined) return { outcome: 'unknown', message: 'cancelling named no job' };

  let job: {
    status?: string | null | undefined;
    done?: boolean | null | undefined;
    errors?: z.infer<typeof jobErrors>;
  } = jobResult;
  for (let polls = 0; job.done !== true && polls < POLLS_MAX; polls++) {
    await clock.sleep(POLL_MS, session.call.signal);
    const { node } = await client.read(reads.CANCEL_RESULT, cancelResultAnswer, { id: jobResult.id }, session.call);
    job = node ?? job;
  }
  if (job.done !== true) return { outcome: 'unknown', message: 'cancelling is still under way' };
  if (job.status === 'SUCCEEDED') return null;
  return refusal(job.errors ?? []) ?? { outcome: 'refused', message: 'cancelling failed without a reason' };
}

// ── history ──────────────────────────────────────────────────────────────────────────────────────────────────

const metafieldsAnswer = z.object({ metafieldsSet: z.object({ userErrors: z.array(userErrorWire) }) });
const STALE = new Set(['STALE_OBJECT', 'INVALID_COMPARE_DIGEST']);

/** The timeline cannot be written, so history lies in a pinned metafield; its digest keeps two writers from losing an entry. */
async function writeHistory(
  entries: Extract<OrderStep, { kind: 'history' }>['entries'],
  { order, session }: StepWork,
): Promise<StepOutcome> {
  const all = appendHistory(parseHistory(order.history?.value), entries);
  if (all === null) return null;
  const metafield = {
    ownerId: order.id,
    namespace: 'lockstep',
    key: 'history',
    type: 'json',
    value: JSON.stringify(all),
    compareDigest: order.history?.compareDigest ?? null,
  };
  const sent = await session.send(writes.SET_METAFIELDS, metafieldsAnswer, { metafields: [metafield] });
  if (!sent.ok) return sent.failure;
  const { userErrors } = sent.data.metafieldsSet;
  if (userErrors.some(({ code }) => STALE.has(code ?? ''))) return { outcome: 'stale' };
  return refusal(userErrors);
}
