import { z } from 'zod';

import { formatMoney, parseMoney, type Money } from '#libs/model/money.ts';
import type { OrderStep } from '../store-connector.ts';
import * as writes from './shopify-documents-write.ts';
import { fromGid } from './shopify-ids.ts';
import { refundSourceId, toRefundNote } from './shopify-mapping-order.ts';
import type { StepOutcome, StepWork } from './shopify-order-step.ts';
import { userErrorWire, type OrderWork, type UserErrorWire } from './shopify-wire.ts';
import { refusal } from './shopify-write-session.ts';

type RefundStep = Extract<OrderStep, { readonly kind: 'refund' }>;
const answer = z.object({ refundCreate: z.object({ userErrors: z.array(userErrorWire) }) });

/**
 * Records a refund that the old store made. Only against payments of the manual gateway: on any other money would really move.
 * No line is named, so nothing is restocked; the source's id in the note, and in the key, keep it from being made twice.
 */
export async function refund(step: RefundStep, { order, session }: StepWork): Promise<StepOutcome> {
  if (order.refunds.some(({ note }) => refundSourceId(note) === step.sourceId)) return null;
  const shares = shareOut(step.amount, order);
  if (shares === null)
    return {
      outcome: 'refused',
      message: 'no manual payment of that amount to refund: a refund elsewhere would move money',
    };
  const input = {
    orderId: order.id,
    note: toRefundNote(step.sourceId, step.reason),
    notify: false,
    processedAt: step.at,
    transactions: shares.map(({ parentId, amount }) => ({
      orderId: order.id,
      parentId,
      gateway: 'manual',
      kind: 'REFUND',
      amount: formatMoney(amount),
    })),
  };
  const key = `lockstep-refund-${fromGid(order.id)}-${step.sourceId}`;
  for (let tries = 1; ; tries++) {
    const sent = await session.send(writes.REFUND, answer, { input, key: tries === 1 ? key : `${key}-${tries}` });
    if (!sent.ok) return sent.failure;
    const { userErrors } = sent.data.refundCreate;
    // The platform remembers that nothing came of this key: the next one, the same for whoever tries, is good for one more.
    if (userErrors.some((error) => says(error, PREVIOUS_FAILED)) && tries < TRIES_MAX) continue;
    // Its first call is still under way, or was made otherwise and may have gone through: the order is looked at again.
    const open = userErrors.find((error) => says(error, UNDER_WAY));
    return open === undefined ? refusal(userErrors) : { outcome: 'unknown', message: open.message };
  }
}

// Errors of a refund bear no code, so the words have to do where it is missing.
const PREVIOUS_FAILED = { code: /^IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED$/, words: /previous attempt.*failed/i };
const UNDER_WAY = {
  code: /^IDEMPOTENCY_(CONCURRENT_REQUEST|KEY_PARAMETER_MISMATCH)$/,
  words: /currently in progress|idempotency key.*different/i,
};
const TRIES_MAX = 10;

function says({ code, message }: UserErrorWire, { code: codes, words }: typeof UNDER_WAY): boolean {
  return typeof code === 'string' ? codes.test(code) : words.test(message);
}

/** Spreads an amount over what is left of the manual payments; null where they do not hold it. */
function shareOut(
  amount: Money,
  { transactions }: OrderWork,
): readonly { readonly parentId: string; readonly amount: Money }[] | null {
  const { currency } = amount;
  const minor = (text: string): number => parseMoney(text, currency)?.amountMinor ?? 0;
  let left = amount.amountMinor;
  const shares = [];
  for (const { id, kind, status, gateway, amountSet } of transactions) {
    if (left <= 0 || status !== 'SUCCESS' || (kind !== 'SALE' && kind !== 'CAPTURE') || gateway !== 'manual') continue;
    const back = transactions
      .filter((other) => other.kind === 'REFUND' && other.status === 'SUCCESS' && other.parentTransaction?.id === id)
      .reduce((sum, other) => sum + minor(other.amountSet.shopMoney.amount), 0);
    const share = Math.min(left, minor(amountSet.shopMoney.amount) - back);
    if (share <= 0) continue;
    shares.push({ parentId: id, amount: { amountMinor: share, currency } });
    left -= share;
  }
  return left === 0 && shares.length > 0 ? shares : null;
}
