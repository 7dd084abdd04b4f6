import type { ConnectorDeps } from '../registry.ts';
import type { StoreConnector } from '../store-connector.ts';
import { capabilitiesOf } from './woocommerce-capabilities.ts';
import { createCheck } from './woocommerce-check.ts';
import { createWooClient } from './woocommerce-client.ts';
import { createCompleteRoot } from './woocommerce-complete.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';
import { createCreator } from './woocommerce-create.ts';
import { express } from './woocommerce-express.ts';
import { createFinders } from './woocommerce-find.ts';
import { createFindBySourceId } from './woocommerce-lookup.ts';
import { createMails } from './woocommerce-mails.ts';
import { createReadAhead } from './woocommerce-read-ahead.ts';
import { createListRoots, createReadRoots } from './woocommerce-read.ts';
import { createRetire } from './woocommerce-retire.ts';
import { createScans } from './woocommerce-scan.ts';
import { createShop } from './woocommerce-shop.ts';
import { createSubscriptions } from './woocommerce-subscriptions.ts';
import { createTerms } from './woocommerce-terms.ts';
import { createWriter, type WriterParts } from './woocommerce-write.ts';
import { createTrackingWriter } from './woocommerce-write-tracking.ts';

/** A WooCommerce shop, as a source and as a target. */
export function createWooCommerceConnector(config: WooCommerceConfig, deps: ConnectorDeps): StoreConnector {
  const client = createWooClient(config, deps);
  const shop = createShop(client);
  const isTarget = deps.role === 'target';
  const completeRoot = createCompleteRoot(client, shop, config.tracking, isTarget);
  const listRoots = createListRoots(client, isTarget);
  const readAhead = createReadAhead(client, shop);
  const readRoots = createReadRoots(client, listRoots, completeRoot, readAhead, isTarget);
  const scans = createScans(listRoots, completeRoot, readAhead);
  const subscriptions = createSubscriptions(client);
  const capabilities = capabilitiesOf(deps.landingMs);
  const { mails, mailGate } = createMails(client, deps.clock);
  const writing: WriterParts = {
    client,
    shop,
    readRoots,
    terms: createTerms(client),
    mailGate,
    tracking: createTrackingWriter(client, config.tracking),
    maxConcurrent: config.maxConcurrent,
  };

  return {
    platform: 'woocommerce',
    capabilities,
    identify: shop.identify,
    async probe(call) {
      await shop.probe(call);
    },
    check: createCheck({
      config,
      client,
      shop,
      listRoots,
      async tryAuth(auth, call) {
        await createShop(createWooClient({ ...config, auth }, deps)).probe(call);
      },
      readable: capabilities.readable,
      mails,
      trackingWriter: writing.tracking,
    }),

    readRoots,
    findBySourceId: createFindBySourceId({ client, listRoots, readRoots, completeRoot, now: deps.clock.now }),
    ...createFinders({ client, listRoots, readRoots, completeRoot }),
    scan: (root, { after }, call) => scans.scan(root, after ?? null, call),
    scanChanged: scans.scanChanged,
    async storeTime(call) {
      const { date } = await shop.probe(call);
      return date ?? deps.clock.now();
    },
    async count(root, call) {
      const { total } = await listRoots(root, { per_page: 1 }, call);
      return total;
    },

    ...subscriptions,
    // Nothing has to be made first: meta needs no definition.
    prepare: () => Promise.resolve(),
    express,
    write: createWriter(writing),
    create: createCreator({ ...writing, random: deps.random }),
    retire: createRetire(writing),
    mails,
    close: () => Promise.resolve(),
  };
}
