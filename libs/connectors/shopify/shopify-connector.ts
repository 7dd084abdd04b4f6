import { z } from 'zod';

import type { FieldName } from '#libs/fields/field-names.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { ConnectorDeps } from '../registry.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { ReadContext, StoreCapabilities, StoreConnector } from '../store-connector.ts';
import { openBulkScan } from './shopify-bulk.ts';
import { checkShop } from './shopify-check.ts';
import { createShopifyClient } from './shopify-client.ts';
import { createCollections } from './shopify-collections.ts';
import { countedLocations, type ShopifyConfig } from './shopify-config.ts';
import { createCreator } from './shopify-create.ts';
import * as documents from './shopify-documents-shop.ts';
import { express } from './shopify-express.ts';
import { createLookUp } from './shopify-lookup.ts';
import { prepareShop } from './shopify-prepare.ts';
import { createReader } from './shopify-read.ts';
import { ARCHIVABLE, createRetirer, DELETABLE } from './shopify-retire.ts';
import { createPager } from './shopify-scan.ts';
import { createShop } from './shopify-shop.ts';
import { createSubscriptions, shopifyTopics } from './shopify-subscriptions.ts';
import { probeAnswer } from './shopify-wire.ts';
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
    // The id metafield is unique and found exactly.
    doublesPossible: new Set(),
    readBatchMax: 250,
    writeBatchMax: 250,
    holdsOrders: true,
    archivable: ARCHIVABLE,
    deletable: DELETABLE,
    // "Order has outstanding fulfillments".
    cancelsShipped: false,
  };
}

const countsAnswer = z.record(z.string(), z.object({ count: z.number(), precision: z.string() }).nullish());

/** The port, put together. */
export function createShopifyConnector(config: ShopifyConfig, deps: ConnectorDeps): StoreConnector {
  const client = createShopifyClient(config, deps);
  const shop = createShop(client, countedLocations(config));
  const reader = createReader(client, shop);
  const lookUp = createLookUp(client, reader);
  const pager = createPager(client, shop, reader);
  const { clock, random, fetch = globalThis.fetch } = deps;
  const collections = createCollections(client, clock);
  const parts = { client, shop, reader, collections, clock, random, maxConcurrent: config.maxConcurrent };
  // Which collections fill themselves is known before a product is looked at, so that it is compared without them.
  const learn = async (root: RootKind, call: ReadContext): Promise<void> => {
    if (root === 'product' && call.fields.has('product.categories')) await collections.learn(call);
  };

  return {
    platform: 'shopify',
    capabilities: shopifyCapabilities(deps.landingMs),
    async identify(call) {
      const { id, domain, name, currency, taxesIncluded } = await shop.ask(call);
      const { version } = client.lastVersion();
      return { id: `${id}@${domain}`, name, version: version ?? config.apiVersion, currency, taxesIncluded };
    },
    async probe(call) {
      await client.read(documents.PROBE, probeAnswer, {}, call);
    },
    check: (role, selection, call) => checkShop({ client, shop, apiVersion: config.apiVersion, role, selection, call }),

    async readRoots(root, refs, call) {
      await learn(root, call);
      return await reader.roots(root, refs, call);
    },
    readRootsOf: reader.rootsOf,
    async *scan(root, { after = null }, call) {
      await learn(root, call);
      const bulk = await openBulkScan(root, after, { client, shop, clock, fetch }, call);
      // A cursor of an export that is gone begins anew: no row may be missed.
      yield* bulk ?? pager.byId(root, after?.startsWith('bulk/') === true ? null : after, call);
    },
    scanChanged: pager.byChange,
    async storeTime(call) {
      await client.read(documents.PROBE, probeAnswer, {}, call);
      const date = client.lastDate();
      if (date === null)
        throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot read the time of the shop: no Date header');
      return date;
    },
    async count(root, call) {
      const asked = { product: root === 'product', order: root === 'order', customer: root === 'customer' };
      const counts = await client.read(documents.COUNTS, countsAnswer, asked, call);
      const found = counts[`${root}sCount`];
      return found?.precision === 'EXACT' ? found.count : null;
    },

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
