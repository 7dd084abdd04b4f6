import { demandNode } from '../access.ts';
import { connect, type Connection, type PageArgs } from '../connection.ts';
import { present, type Context, type Maybe, type Resolver, type ResolverMap } from '../context.ts';
import { checkInputSize, topLevelError } from '../graphql-errors.ts';
import { findDefinition, ownerByCustomId, toNamespace } from '../metafields.ts';
import type { OrderRecord } from '../records.ts';
import type { SearchFields } from '../search.ts';
import type { Table } from '../table.ts';
import { numberOf, type World } from '../world.ts';
import { showing } from './shown.ts';
import { customerFields, itemFields, orderFields, productFields, searchTable, variantFields } from './search-fields.ts';

type ListArgs = PageArgs & { readonly query?: Maybe<string>; readonly sortKey?: Maybe<string> };
type CustomId = { readonly namespace?: Maybe<string>; readonly key: string; readonly value: string };
type Lookup = { readonly get: (id: string | null | undefined) => { readonly id: string } | undefined };
const SIXTY_DAYS_MS = 60 * 24 * 60 * 60 * 1000;

export function checkGid(id: string): string {
  if (!/^gid:\/\/shopify\/\w+\/.+$/.test(id)) throw topLevelError('invalid id', 'RESOURCE_NOT_FOUND');
  return id;
}

/** Without read_all_orders an older order looks as if it were not there. */
export function isVisible(world: World, order: OrderRecord): boolean {
  return (
    world.settings.scopes.includes('read_all_orders') || Date.parse(order.createdAt) >= world.now() - SIXTY_DAYS_MS
  );
}

function visible(world: World, order: OrderRecord | undefined): OrderRecord | null {
  return order !== undefined && isVisible(world, order) ? order : null;
}

function sorting(sortKey: Maybe<string>): (row: { readonly id: string }) => string | number {
  const field = {
    UPDATED_AT: 'updatedAt',
    CREATED_AT: 'createdAt',
    PROCESSED_AT: 'processedAt',
    TITLE: 'title',
    NAME: 'name',
    COMPLETED_AT: 'completedAt',
  }[sortKey ?? 'ID'];
  if (field === undefined) return (row) => Number(numberOf(row.id));
  return (row) => (row as Readonly<Record<string, unknown>> as Readonly<Record<string, string | null>>)[field] ?? '';
}

function list<R extends { readonly id: string }>(
  pick: (world: World) => { readonly table: Table<R>; readonly fields: SearchFields<R> },
  path: string,
  keep: (world: World, row: R) => boolean = () => true,
): {
  readonly rows: (args: { query?: Maybe<string> }, context: Context) => readonly R[];
  readonly connection: Resolver;
  readonly count: Resolver;
} {
  const rows = (args: { query?: Maybe<string> }, context: Context): readonly R[] => {
    const { table, fields } = pick(context.world);
    return searchTable(context, table, { fields, query: args.query, path }).filter((row) => keep(context.world, row));
  };
  return {
    rows,
    connection: (_: unknown, args: ListArgs, context): Connection<R> => {
      const page = connect(rows(args, context), args, { unpaged: context.unpaged, sortBy: sorting(args.sortKey) });
      showing(context.world, page.nodes);
      return page;
    },
    count: (_: unknown, args: ListArgs & { limit?: Maybe<number> }, context) => {
      const count = rows(args, context).length;
      const most = args.limit ?? 25_001;
      return count > most ? { count: most, precision: 'AT_LEAST' } : { count, precision: 'EXACT' };
    },
  };
}

const products = list((world) => ({ table: world.products, fields: productFields(world) }), 'products');
const variants = list((world) => ({ table: world.variants, fields: variantFields(world) }), 'productVariants');
const items = list((world) => ({ table: world.items, fields: itemFields(world) }), 'inventoryItems');
const orders = list((world) => ({ table: world.orders, fields: orderFields(world) }), 'orders', isVisible);
const customers = list((world) => ({ table: world.customers, fields: customerFields() }), 'customers');

const byId =
  (pick: (world: World) => Lookup): Resolver =>
  (_: unknown, { id }: { id: string }, { world }) =>
    pick(world).get(checkGid(id)) ?? null;

export function findNode(world: World, id: string): unknown {
  checkGid(id);
  demandNode(world, id);
  const order = world.orders.get(id);
  if (order !== undefined) return visible(world, order);
  const tables: readonly Lookup[] = [
    world.products,
    world.variants,
    world.items,
    world.levels,
    world.locations,
    world.publications,
    world.collections,
    world.customers,
    world.transactions,
    world.fulfillments,
    world.fulfillmentOrders,
    world.refunds,
    world.metafields,
    world.definitions,
    world.webhooks,
    world.cancelJobs,
    world.productOperations,
    world.bulkOperations,
  ];
  for (const table of tables) {
    const found = table.get(id);
    if (found !== undefined) return found;
  }
  return null;
}

const byIdentifier: ResolverMap[string] = {
  productByIdentifier: (
    _: unknown,
    { identifier }: { identifier: { id?: Maybe<string>; handle?: Maybe<string>; customId?: Maybe<CustomId> } },
    { world },
  ) => {
    if (identifier.handle !== undefined && identifier.handle !== null)
      return world.products.byKey(identifier.handle)[0] ?? null;
    return world.products.get(identifier.id ?? customOwner(world, 'PRODUCT', identifier.customId)) ?? null;
  },
  productVariantByIdentifier: (
    _: unknown,
    { identifier }: { identifier: { id?: Maybe<string>; customId?: Maybe<CustomId> } },
    { world },
  ) => world.variants.get(identifier.id ?? customOwner(world, 'PRODUCTVARIANT', identifier.customId)) ?? null,
  orderByIdentifier: (
    _: unknown,
    { identifier }: { identifier: { id?: Maybe<string>; customId?: Maybe<CustomId> } },
    { world },
  ) => visible(world, world.orders.get(identifier.id ?? customOwner(world, 'ORDER', identifier.customId))),
  customerByIdentifier: (
    _: unknown,
    {
      identifier,
    }: {
      identifier: {
        id?: Maybe<string>;
        emailAddress?: Maybe<string>;
        phoneNumber?: Maybe<string>;
        customId?: Maybe<CustomId>;
      };
    },
    { world },
  ) => {
    if (typeof identifier.emailAddress === 'string')
      return world.customers.byKey(identifier.emailAddress.toLowerCase())[0] ?? null;
    if (typeof identifier.phoneNumber === 'string')
      return world.customers.all().find(({ phone }) => phone === identifier.phoneNumber) ?? null;
    return world.customers.get(identifier.id ?? customOwner(world, 'CUSTOMER', identifier.customId)) ?? null;
  },
};

function customOwner(world: World, ownerType: string, customId: Maybe<CustomId>): string | undefined {
  return customId === undefined || customId === null ? undefined : ownerByCustomId(world, ownerType, customId);
}

export const queryResolvers: ResolverMap = {
  QueryRoot: {
    ...byIdentifier,
    shop: (_: unknown, __: unknown, { world }) => ({
      id: 'gid://shopify/Shop/70123456789',
      name: world.settings.shopName,
      myshopifyDomain: `${world.settings.shop}.myshopify.com`,
      currencyCode: world.settings.currency,
      ianaTimezone: world.settings.timezone,
      taxesIncluded: true,
      weightUnit: 'KILOGRAMS',
      plan: {
        publicDisplayName: world.settings.plus ? 'Plus' : 'Basic',
        shopifyPlus: world.settings.plus,
        partnerDevelopment: false,
      },
      resourceLimits: { maxProductVariants: 2048, maxProductOptions: 3, locationLimit: 200 },
    }),
    currentAppInstallation: (_: unknown, __: unknown, { world }) => ({
      id: 'gid://shopify/AppInstallation/700123456789',
      accessScopes: world.settings.scopes.map((handle) => ({ handle })),
      app: { id: `gid://shopify/App/${world.settings.appId}`, title: 'Lockstep' },
    }),
    locations: (_: unknown, args: PageArgs & { includeInactive?: Maybe<boolean> }, { world, unpaged }) =>
      connect(
        world.locations.all().filter(({ isActive }) => isActive || args.includeInactive === true),
        args,
        { unpaged, sortBy: ({ name }) => name },
      ),
    collections: (_: unknown, args: PageArgs, { world, unpaged }) =>
      connect(world.collections.all(), args, { unpaged }),
    publications: (_: unknown, args: PageArgs, { world, unpaged }) =>
      connect(world.publications.all(), args, { unpaged }),
    metafieldDefinition: (
      _: unknown,
      args: { id?: Maybe<string>; identifier?: Maybe<{ ownerType: string; namespace?: Maybe<string>; key: string }> },
      { world },
    ) => {
      if (args.identifier === undefined || args.identifier === null) return world.definitions.get(args.id) ?? null;
      return (
        findDefinition(
          world,
          args.identifier.ownerType,
          toNamespace(world, args.identifier.namespace),
          args.identifier.key,
        ) ?? null
      );
    },
    node: (_: unknown, { id }: { id: string }, { world }) => findNode(world, id),
    nodes: (_: unknown, { ids }: { ids: readonly string[] }, { world }) => {
      checkInputSize(ids, 'nodes.ids');
      const found = ids.map((id) => findNode(world, id));
      showing(world, found.filter(present) as readonly { readonly id: string }[]);
      return found;
    },
    products: products.connection,
    productsCount: products.count,
    product: byId((world) => world.products),
    productVariants: variants.connection,
    inventoryItems: items.connection,
    inventoryItem: byId((world) => world.items),
    orders: orders.connection,
    ordersCount: orders.count,
    order: (_: unknown, { id }: { id: string }, { world }) => visible(world, world.orders.get(checkGid(id))),
    customers: customers.connection,
    customersCount: customers.count,
    customer: byId((world) => world.customers),
    fulfillment: byId((world) => world.fulfillments),
    refund: byId((world) => world.refunds),
    webhookSubscription: byId((world) => world.webhooks),
    webhookSubscriptions: (
      _: unknown,
      args: PageArgs & { topics?: Maybe<readonly string[]>; uri?: Maybe<string>; sortKey?: Maybe<string> },
      { world, unpaged },
    ) =>
      connect(
        world.webhooks
          .all()
          .filter(
            ({ topic, uri }) =>
              (args.topics === undefined || args.topics === null || args.topics.includes(topic)) &&
              (args.uri === undefined || args.uri === null || args.uri === uri),
          ),
        args,
        { unpaged, sortBy: sorting(args.sortKey) },
      ),
    bulkOperation: byId((world) => world.bulkOperations),
    bulkOperations: (_: unknown, args: PageArgs & { sortKey?: Maybe<string> }, { world, unpaged }) =>
      connect(world.bulkOperations.all(), args, { unpaged, sortBy: sorting(args.sortKey) }),
    job: (_: unknown, { id }: { id: string }, { world }) => {
      const job = world.cancelJobs.all().find(({ jobId }) => jobId === id);
      return { id, done: (job === undefined || job.status !== 'STARTED') && world.mediaJobs.get(id)?.done !== false };
    },
    productOperation: byId((world) => world.productOperations),
  },
  ProductSetOperation: {
    product: (operation: { productId: string | null }, _: unknown, { world }) =>
      world.products.get(operation.productId) ?? null,
  },
  ProductDeleteOperation: { product: () => null },
  WebhookSubscription: { apiVersion: () => ({ handle: '2026-10', supported: true }) },
};
