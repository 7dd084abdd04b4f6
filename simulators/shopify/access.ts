import type { Context, Resolver, ResolverMap } from './context.ts';
import { topLevelError } from './graphql-errors.ts';
import type { World } from './world.ts';

/** Scopes of which a field wants one; `write_x` includes `read_x`. */
const WANTED: Readonly<Record<string, string>> = {
  'QueryRoot.products': 'read_products',
  'QueryRoot.product': 'read_products',
  'QueryRoot.productsCount': 'read_products',
  'QueryRoot.collections': 'read_products',
  'Mutation.collectionCreate': 'write_products',
  'Mutation.fileUpdate': 'write_files',
  'Mutation.productReorderMedia': 'write_products',
  'QueryRoot.productVariants': 'read_products',
  'QueryRoot.productByIdentifier': 'read_products',
  'QueryRoot.productVariantByIdentifier': 'read_products',
  'QueryRoot.inventoryItem': 'read_inventory',
  'QueryRoot.inventoryItems': 'read_inventory',
  'QueryRoot.locations': 'read_locations',
  'QueryRoot.publications': 'read_publications',
  'QueryRoot.orders': 'read_orders',
  'QueryRoot.order': 'read_orders',
  'QueryRoot.ordersCount': 'read_orders',
  'QueryRoot.orderByIdentifier': 'read_orders',
  'QueryRoot.customers': 'read_customers',
  'QueryRoot.customer': 'read_customers',
  'QueryRoot.customersCount': 'read_customers',
  'QueryRoot.customerByIdentifier': 'read_customers',
  'Order.customer': 'read_customers',
  'LineItem.product': 'read_products',
  'LineItem.variant': 'read_products',
  'ProductVariant.inventoryItem': 'read_inventory',
  'Order.fulfillmentOrders': 'read_merchant_managed_fulfillment_orders',
  'Mutation.inventorySetQuantities': 'write_inventory',
  'Mutation.inventoryAdjustQuantities': 'write_inventory',
  'Mutation.inventoryActivate': 'write_inventory',
  'Mutation.inventoryItemUpdate': 'write_inventory',
  'Mutation.productSet': 'write_products',
  'Mutation.productCreate': 'write_products',
  'Mutation.productUpdate': 'write_products',
  'Mutation.productDelete': 'write_products',
  'Mutation.productVariantsBulkUpdate': 'write_products',
  'Mutation.productVariantsBulkCreate': 'write_products',
  'Mutation.productVariantsBulkDelete': 'write_products',
  'Mutation.publishablePublish': 'write_publications',
  'Mutation.publishableUnpublish': 'write_publications',
  'Mutation.orderCreate': 'write_orders',
  'Mutation.orderUpdate': 'write_orders',
  'Mutation.orderMarkAsPaid': 'write_orders',
  'Mutation.orderCancel': 'write_orders',
  'Mutation.orderEditBegin': 'write_order_edits',
  'Mutation.orderEditCommit': 'write_order_edits',
  'Mutation.orderClose': 'write_orders',
  'Mutation.orderOpen': 'write_orders',
  'Mutation.orderDelete': 'write_orders',
  'Mutation.refundCreate': 'write_orders',
  'Mutation.fulfillmentCreate': 'write_merchant_managed_fulfillment_orders',
  'Mutation.fulfillmentTrackingInfoUpdate': 'write_merchant_managed_fulfillment_orders',
  'Mutation.fulfillmentOrderHold': 'write_merchant_managed_fulfillment_orders',
  'Mutation.fulfillmentOrderReleaseHold': 'write_merchant_managed_fulfillment_orders',
  'Mutation.customerCreate': 'write_customers',
  'Mutation.customerUpdate': 'write_customers',
  'Mutation.customerSet': 'write_customers',
  'Mutation.customerDelete': 'write_customers',
  'Mutation.customerEmailMarketingConsentUpdate': 'write_customers',
  'Mutation.customerSmsMarketingConsentUpdate': 'write_customers',
};

/** Definitions and values of metafields follow the scope of their owner. */
const OWNERS: Readonly<Record<string, string>> = {
  PRODUCT: 'products',
  PRODUCTVARIANT: 'products',
  ORDER: 'orders',
  CUSTOMER: 'customers',
};
const NODES: Readonly<Record<string, string>> = {
  Product: 'read_products',
  ProductVariant: 'read_products',
  InventoryItem: 'read_inventory',
  Order: 'read_orders',
  Customer: 'read_customers',
};

/** The same resolvers, which deny what the app was not granted. */
export function guardAccess(resolvers: ResolverMap): ResolverMap {
  return Object.fromEntries(
    Object.entries(resolvers).map(([type, fields]) => [
      type,
      Object.fromEntries(
        Object.entries(fields).map(([name, resolve]): [string, Resolver] => [
          name,
          (parent, args, context, info) => {
            const scope = WANTED[`${type}.${name}`] ?? scopeOf(name, args);
            if (scope !== undefined) demand(context, name, scope);
            return resolve(parent, args, context, info);
          },
        ]),
      ),
    ]),
  );
}

type Arguments = {
  readonly identifier?: { readonly ownerType?: string } | null;
  readonly definition?: { readonly ownerType?: string } | null;
};

function scopeOf(name: string, { identifier, definition }: Arguments): string | undefined {
  const owner = name === 'metafieldDefinition' ? identifier?.ownerType : definition?.ownerType;
  const what = OWNERS[owner ?? ''];
  if (what === undefined) return undefined;
  return name === 'metafieldDefinition' ? `read_${what}` : `write_${what}`;
}

/** What a node of this id may be seen with. */
export function demandNode(world: World, id: string): void {
  const scope = NODES[id.split('/')[3] ?? ''];
  if (scope !== undefined) demand({ world }, 'node', scope);
}

function demand({ world }: Pick<Context, 'world'>, field: string, scope: string): void {
  const { scopes } = world.settings;
  if (scopes.includes(scope) || scopes.includes(scope.replace(/^read_/, 'write_'))) return;
  throw topLevelError(
    `Access denied for ${field} field. Required access: \`${scope}\` access scope.`,
    'ACCESS_DENIED',
    { documentation: 'https://shopify.dev/api/usage/access-scopes', requiredAccess: `\`${scope}\` access scope.` },
  );
}
