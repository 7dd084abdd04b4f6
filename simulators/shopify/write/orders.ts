import type { Maybe, ResolverMap } from '../context.ts';
import { toDecimal, toUnits } from '../decimals.ts';
import { topLevelError, userError } from '../graphql-errors.ts';
import { checkMetafields, writeMetafield, type MetafieldInput } from '../metafields.ts';
import { canMarkAsPaid, isManualGateway, outstanding, recomputeFinancialStatus } from '../order-money.ts';
import type { OrderRecord, UserErrorRecord } from '../records.ts';
import { isVisible } from '../read/query-root.ts';
import { addTransaction } from '../transactions.ts';
import type { World } from '../world.ts';
import { blankToNull } from './inventory-item.ts';
import { toAddress, type AddressInput } from './order-input.ts';

type OrderInput = {
  readonly id: string;
  readonly note?: Maybe<string>;
  readonly tags?: Maybe<readonly string[]>;
  readonly email?: Maybe<string>;
  readonly phone?: Maybe<string>;
  readonly poNumber?: Maybe<string>;
  readonly shippingAddress?: Maybe<AddressInput>;
  readonly customAttributes?: Maybe<readonly { readonly key: string; readonly value: string }[]>;
  readonly metafields?: Maybe<readonly MetafieldInput[]>;
};
type PaymentArgs = {
  readonly id: string;
  readonly amount?: Maybe<{ readonly amount: string }>;
  readonly paymentMethodName?: Maybe<string>;
  readonly processedAt?: Maybe<string>;
};
type CaptureInput = { readonly id: string; readonly amount: string; readonly parentTransactionId: string };
type Payload = { readonly order: OrderRecord | null | undefined; readonly userErrors: readonly UserErrorRecord[] };

export function findOrder(world: World, id: string): OrderRecord | undefined {
  const order = world.orders.get(id);
  return order !== undefined && isVisible(world, order) ? order : undefined;
}

export const orderMutations: ResolverMap[string] = {
  orderUpdate: (_: unknown, { input }: { input: OrderInput }, { world }) => updateOrder(world, input),
  orderClose: (_: unknown, { input }: { input: { id: string } }, { world }) =>
    change(world, input.id, (order) => (order.closedAt === null ? { closedAt: world.stamp() } : {})),
  orderOpen: (_: unknown, { input }: { input: { id: string } }, { world }) =>
    change(world, input.id, (order) => (order.closedAt === null ? {} : { closedAt: null })),
  orderMarkAsPaid: (_: unknown, { input }: { input: { id: string } }, { world }) => markAsPaid(world, input.id),
  orderCreateManualPayment: (_: unknown, args: PaymentArgs, { world }) => recordPayment(world, args),
  orderCapture: (_: unknown, { input }: { input: CaptureInput }, { world }) => capture(world, input),
  orderCustomerSet: (_: unknown, { orderId, customerId }: { orderId: string; customerId: string }, { world }) => {
    if (findOrder(world, orderId) === undefined)
      return { order: null, userErrors: [userError(['orderId'], 'Order does not exist', 'NOT_FOUND')] };
    if (world.customers.get(customerId) === undefined)
      return { order: null, userErrors: [userError(['customerId'], 'Customer does not exist', 'NOT_FOUND')] };
    return change(world, orderId, () => ({ customerId }));
  },
  orderDelete: (_: unknown, { orderId }: { orderId: string }, { world }) => {
    if (findOrder(world, orderId) === undefined)
      return { deletedId: null, userErrors: [userError(['orderId'], 'Order does not exist', 'NOT_FOUND')] };
    for (const table of [
      world.transactions,
      world.fulfillments,
      world.fulfillmentOrders,
      world.refunds,
      world.metafields,
    ]) {
      for (const { id } of table.of(orderId)) table.remove(id);
    }
    world.orders.remove(orderId);
    return { deletedId: orderId, userErrors: [] };
  },
};

function updateOrder(world: World, input: OrderInput): Payload {
  const order = findOrder(world, input.id);
  if (order === undefined) return { order: null, userErrors: [userError(['id'], 'Order does not exist')] };
  if (Object.keys(input).length === 1)
    return { order, userErrors: [userError(null, 'No valid update parameters have been provided')] };
  const errors = checkMetafields(world, order.id, input.metafields ?? [], []);
  if (errors.length > 0) return { order: null, userErrors: errors };
  for (const field of input.metafields ?? []) writeMetafield(world, order.id, field);
  return change(world, order.id, () => ({
    ...(input.note === undefined ? {} : { note: input.note }),
    ...(input.tags === undefined ? {} : { tags: (input.tags ?? []).toSorted() }),
    ...(input.email === undefined ? {} : { email: blankToNull(input.email) }),
    ...(input.phone === undefined ? {} : { phone: blankToNull(input.phone) }),
    ...(input.poNumber === undefined ? {} : { poNumber: input.poNumber }),
    ...(input.shippingAddress === undefined ? {} : { shippingAddress: toAddress(world, input.shippingAddress) }),
    ...(input.customAttributes === undefined ? {} : { customAttributes: input.customAttributes ?? [] }),
    updatedAt: world.stamp(),
  }));
}

function change(world: World, id: string, patch: (order: OrderRecord) => Partial<OrderRecord>): Payload {
  const order = findOrder(world, id);
  if (order === undefined) return { order: null, userErrors: [userError(['id'], 'Order does not exist')] };
  const wanted = patch(order);
  if (Object.keys(wanted).length > 0) world.orders.update(id, { ...wanted, updatedAt: world.stamp() });
  return { order: world.orders.get(id), userErrors: [] };
}

/** Writes down that the money came; no gateway is asked, unless an authorisation waits to be captured. */
function markAsPaid(world: World, id: string): Payload {
  const order = findOrder(world, id);
  if (order === undefined) return { order: null, userErrors: [userError(['id'], 'Order does not exist')] };
  if (!canMarkAsPaid(world, order))
    return { order, userErrors: [userError(['id'], 'Order cannot be marked as paid.')] };
  const amount = outstanding(world, order);
  const authorised = openAuthorisation(world, id);
  const at = world.stamp();
  if (authorised === undefined) addTransaction(world, order, { kind: 'SALE', amount, gateway: 'manual', at });
  else {
    addTransaction(world, order, {
      kind: 'CAPTURE',
      amount,
      gateway: authorised.gateway ?? 'manual',
      at,
      parentId: authorised.id,
    });
    if (!isManualGateway(authorised.gateway))
      world.effect('gateway-call', 'order', id, `capture ${toDecimal(amount)} on ${authorised.gateway ?? ''}`);
  }
  recomputeFinancialStatus(world, id);
  return change(world, id, () => ({ updatedAt: at }));
}

export function openAuthorisation(world: World, orderId: string): ReturnType<World['transactions']['get']> {
  const transactions = world.transactions.of(orderId);
  return transactions.find(
    ({ id, kind, status }) =>
      kind === 'AUTHORIZATION' && status === 'SUCCESS' && !transactions.some(({ parentId }) => parentId === id),
  );
}

function recordPayment(world: World, args: PaymentArgs): Payload {
  if (args.amount !== undefined && args.amount !== null && !world.settings.plus) {
    throw topLevelError('The amount field is only available to shops on the Shopify Plus plan.', 'ACCESS_DENIED');
  }
  const order = findOrder(world, args.id);
  if (order === undefined) return { order: null, userErrors: [userError(['id'], 'Order does not exist')] };
  const open = outstanding(world, order);
  const amount = toUnits(args.amount?.amount ?? toDecimal(open));
  if (!canMarkAsPaid(world, order) || amount <= 0 || amount > open)
    return { order, userErrors: [userError(['id'], 'Order cannot be marked as paid.')] };
  addTransaction(world, order, {
    kind: 'SALE',
    amount,
    gateway: args.paymentMethodName ?? 'manual',
    manual: true,
    at: args.processedAt ?? world.stamp(),
  });
  recomputeFinancialStatus(world, args.id);
  return change(world, args.id, () => ({ updatedAt: world.stamp() }));
}

function capture(
  world: World,
  input: CaptureInput,
): { readonly transaction: unknown; readonly userErrors: readonly UserErrorRecord[] } {
  const order = findOrder(world, input.id);
  const parent = world.transactions.get(input.parentTransactionId);
  if (order === undefined) return { transaction: null, userErrors: [userError(['id'], 'Order does not exist')] };
  if (parent?.kind !== 'AUTHORIZATION' || parent.orderId !== order.id)
    return { transaction: null, userErrors: [userError(['parentTransactionId'], 'Transaction is not capturable')] };
  const amount = toUnits(input.amount);
  if (amount > toUnits(parent.amount))
    return { transaction: null, userErrors: [userError(['amount'], 'Amount exceeds the authorized amount')] };
  const id = addTransaction(world, order, {
    kind: 'CAPTURE',
    amount,
    gateway: parent.gateway ?? 'manual',
    at: world.stamp(),
    parentId: parent.id,
  });
  if (!isManualGateway(parent.gateway))
    world.effect('gateway-call', 'order', order.id, `capture ${toDecimal(amount)} on ${parent.gateway ?? ''}`);
  recomputeFinancialStatus(world, order.id);
  change(world, order.id, () => ({ updatedAt: world.stamp() }));
  return { transaction: world.transactions.get(id), userErrors: [] };
}
