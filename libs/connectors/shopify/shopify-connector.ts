import type { FieldName } from '#libs/fields/field-names.ts';
import type { ConnectorDeps } from '../registry.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { ReadContext, StoreCapabilities, StoreConnector } from '../store-connector.ts';
import { openBulkScan } from './shopify-bulk.ts';
import { checkShop } from './shopify-check.ts';
import { createShopifyClient } from './shopify-client.ts';
import { createCollections } from './shopify-collections.ts';
import { countedLocations, type ShopifyConfig } from './shopify-config.ts';
import { createCreator } from './shopify-create.ts';
import { express } from './shopify-express.ts';
import { createLookUp } from './shopify-lookup.ts';
import { SHOPIFY_ORDER_STATUSES } from './shopify-mapping-order.ts';
import { prepareShop } from './shopify-prepare.ts';
import { createReader } from './shopify-read.ts';
import { ARCHIVABLE, createRetirer, DELETABLE } from './shopify-retire.ts';
import { createAllOrders } from './shopify-scopes.ts';
import { createPager } from './shopify-scan.ts';
import { createShop } from './shopify-shop.ts';
import { createShopReads } from './shopify-shop-reads.ts';
import { createSubscriptions, shopifyTopics } from './shopify-subscriptions.ts';
import { createWriter } from './shopify-write.ts';

const WRITABLE: readonly FieldName[] = [
  'product.title',
  'product.description',
  'product.handle',
  'product.status',
  'product.categories',
  'product.brand',
  'product.tags',
  'product.seo',
  'product.images',
  'variant.quantity',
  'variant.stockStatus',
  'variant.tracked',
  'variant.backorders',
  'variant.price',
  'variant.compareAtPrice',
  'variant.barcode',
  'variant.weight',
  'order.status',
  'order.tracking',
  'order.history',
  'order.note',
  'customer.email',
  'customer.name',
  'customer.phone',
  'customer.addresses',
  'customer.marketingConsent',
  'customer.smsConsent',
];

const LANDING_MS = 120_000;

export function shopifyCapabilities(landingMs = LANDING_MS): StoreCapabilities {
  return {
    readable: new Set(WRITABLE),
    writable: new Set(WRITABLE),
    creatable: new Set(['product', 'order', 'customer']),
    stampable: new Set(['product', 'variant', 'order', 'customer']),
    changedSince: new Set(['product', 'order', 'customer']),
    compareAndSwap: new Set<FieldName>(['variant.quantity', 'order.history']),
    landingMs,
    // A mutation costs ten points, whatever it makes.
    creationCost: { product: 10, order: 10, customer: 10 },
    // The id metafield is unique and found exactly.
    doublesPossible: new Set(),
    readBatchMax: 250,
    writeBatchMax: 250,
    holdsOrders: true,
    orderStatuses: SHOPIFY_ORDER_STATUSES,
    archivable: ARCHIVABLE,
    deletable: DELETABLE,
    // "Order has outstanding fulfillments".
    cancelsShipped: false,
  };
}

/** The port, put together. */
export function createShopifyConnector(config: ShopifyConfig, deps: ConnectorDeps): StoreConnector {
  const client = createShopifyClient(config, deps);
  const shop = createShop(client, countedLocations(config));
  const events = deps.role !== 'target';
  const reader = createReader(client, shop, { events });
  const lookUp = createLookUp(client, reader);
  const pager = createPager(client, shop, reader);
  const { clock, random, fetch = globalThis.fetch } = deps;
  const collections = createCollections(client, clock);
  const readsAllOrders = createAllOrders(client);
  const parts = {
    client,
    shop,
    reader,
    collections,
    readsAllOrders,
    clock,
    random,
    maxConcurrent: config.maxConcurrent,
  };
  // Which collections fill themselves is known before a product is looked at, so that it is compared without them.
  const learn = async (root: RootKind, call: ReadContext): Promise<void> => {
    if (root === 'product' && call.fields.has('product.categories')) await collections.learn(call);
  };

  return {
    platform: 'shopify',
    capabilities: shopifyCapabilities(deps.landingMs),
    ...createShopReads(client, shop, config.apiVersion),
    check: (role, selection, call) =>
      checkShop({ client, shop, apiVersion: config.apiVersion, role, selection, clock, call }),

    async readRoots(root, refs, call) {
      await learn(root, call);
      return await reader.roots(root, refs, call);
    },
    readRootsOf: reader.rootsOf,
    async *scan(root, { after = null, paged = false }, call) {
      await learn(root, call);
      const bulk = paged ? null : await openBulkScan(root, after, { client, shop, reader, events, clock, fetch }, call);
      // A cursor of an export that is gone begins anew: no row may be missed.
      yield* bulk ?? pager.byId(root, after?.startsWith('bulk/') === true ? null : after, call);
    },
    scanChanged: pager.byChange,

    findBySourceId: lookUp.bySourceId,
    findByKey: lookUp.byKey,
    listCreatedSince: pager.createdSince,

    prepare: (selection, call) => prepareShop(client, selection, call),
    express: (input) => express(input, collections.fillsItself),
    write: createWriter(parts),
    create: createCreator(parts),
    retire: createRetirer(parts),

    ...createSubscriptions(client),
    topicsFor: shopifyTopics,
    close: () => Promise.resolve(),
  };
}
