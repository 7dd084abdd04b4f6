import { z } from 'zod';

import { SyncError } from '#libs/runtime/sync-error.ts';
import type { StoreConnector } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as documents from './shopify-documents-shop.ts';
import type { Shop } from './shopify-shop.ts';
import { probeAnswer } from './shopify-wire.ts';

const countsAnswer = z.record(z.string(), z.object({ count: z.number(), precision: z.string() }).nullish());

/** What the port asks about the shop as a whole. */
export function createShopReads(
  client: ShopifyClient,
  shop: Shop,
  apiVersion: string,
): Pick<StoreConnector, 'identify' | 'probe' | 'storeTime' | 'count'> {
  return {
    async identify(call) {
      const { id, domain, name, currency, taxesIncluded } = await shop.ask(call);
      const { version } = client.lastVersion();
      return { id: `${id}@${domain}`, name, version: version ?? apiVersion, currency, taxesIncluded };
    },
    async probe(call) {
      await client.read(documents.PROBE, probeAnswer, {}, call);
    },
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
  };
}
