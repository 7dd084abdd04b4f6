import { toDecimal } from './decimals.ts';
import { isManualGateway } from './order-money.ts';
import type { OrderRecord } from './records.ts';
import type { World } from './world.ts';

export function addTransaction(
  world: World,
  order: OrderRecord,
  part: { kind: string; amount: number; gateway: string; at: string; parentId?: string; manual?: boolean },
): string {
  const id = world.gid('OrderTransaction');
  world.transactions.insert({
    id,
    orderId: order.id,
    refundId: null,
    kind: part.kind,
    status: 'SUCCESS',
    gateway: part.gateway,
    manual: part.manual ?? isManualGateway(part.gateway),
    test: false,
    amount: toDecimal(part.amount),
    parentId: part.parentId ?? null,
    createdAt: world.stamp(),
    processedAt: part.at,
  });
  return id;
}
