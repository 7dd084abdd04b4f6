import { toDecimal } from './decimals.ts';
import type { OrderRecord } from './records.ts';
import type { World } from './world.ts';

export function addTransaction(
  world: World,
  order: OrderRecord,
  part: { kind: string; amount: number; gateway: string; at: string; parentId?: string },
): string {
  const id = world.gid('OrderTransaction');
  world.transactions.insert({
    id,
    orderId: order.id,
    refundId: null,
    kind: part.kind,
    status: 'SUCCESS',
    gateway: part.gateway,
    test: false,
    amount: toDecimal(part.amount),
    parentId: part.parentId ?? null,
    createdAt: world.stamp(),
    processedAt: part.at,
  });
  return id;
}
