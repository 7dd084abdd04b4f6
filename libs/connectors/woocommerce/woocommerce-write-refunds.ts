import { formatMoney } from '#libs/model/money.ts';
import type { OrderStep } from '../store-connector.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import { SOURCE_META } from './woocommerce-marks.ts';
import { readText } from './woocommerce-mapping.ts';
import type { StepFailure, StepParts } from './woocommerce-write-orders.ts';
import type { WriteSession } from './woocommerce-write-session.ts';
import { sourceMeta } from './woocommerce-write-values.ts';
import { refundWireSchema } from './woocommerce-wire.ts';

/**
 * Records a refund of the source: no gateway is called, and no stock moves (both would be the shop's default). One that carries
 * the source's id is there already; posted twice it would be two.
 */
export async function recordRefund(
  orderId: string,
  { sourceId, amount, reason }: Extract<OrderStep, { kind: 'refund' }>,
  session: WriteSession,
  { client }: Pick<StepParts, 'client'>,
): Promise<StepFailure | null> {
  const path = `/orders/${orderId}/refunds`;
  const { data } = await client.get(
    refundWireSchema.array(),
    {
      path,
      query: { per_page: PAGE_MAX, _fields: 'id,amount,reason,date_created_gmt,meta_data' },
      action: `list the refunds of order ${orderId}`,
    },
    session.call,
  );
  if (data.some(({ meta_data: meta }) => readText(meta, SOURCE_META) === sourceId)) return null;
  const body = {
    amount: formatMoney(amount),
    ...(reason === null ? {} : { reason }),
    api_refund: false,
    api_restock: false,
    meta_data: [sourceMeta(sourceId)],
  };
  const sent = await session.send(refundWireSchema, {
    method: 'POST',
    path,
    body,
    action: `record a refund of order ${orderId}`,
  });
  return sent.ok ? null : sent.failure;
}
