import { z } from 'zod';

import { formatMoney, parseMoney, type Money } from '#libs/model/money.ts';
import type { OrderStep } from '../store-connector.ts';
import * as writes from './shopify-documents-write.ts';
import { fromGid } from './shopify-ids.ts';
import { refundSourceId, toRefundNote } from './shopify-mapping-order.ts';
import type { StepOutcome, StepWork } from './shopify-order-step.ts';
import { userErrorWire, type OrderWork } from './shopify-wire.ts';
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
  const sent = await session.send(writes.REFUND, answer, {
    input: {
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
    },
    key: `lockstep-refund-${fromGid(order.id)}-${step.sourceId}`,
  });
  return sent.ok ? refusal(sent.data.refundCreate.userErrors) : sent.failure;
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
