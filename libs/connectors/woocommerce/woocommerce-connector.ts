import { SyncError } from '#libs/runtime/sync-error.ts';
import type { ConnectorDeps } from '../registry.ts';
import type { StoreConnector } from '../store-connector.ts';
import { capabilitiesOf } from './woocommerce-capabilities.ts';
import { createCheck } from './woocommerce-check.ts';
import { createWooClient } from './woocommerce-client.ts';
import { createCompleteRoot } from './woocommerce-complete.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';
import { createFinders } from './woocommerce-find.ts';
import { createListRoots, createReadRoots } from './woocommerce-read.ts';
import { createScans } from './woocommerce-scan.ts';
import { createShop } from './woocommerce-shop.ts';
import { createSubscriptions } from './woocommerce-subscriptions.ts';

/** A WooCommerce shop as a source. */
export function createWooCommerceConnector(config: WooCommerceConfig, deps: ConnectorDeps): StoreConnector {
  const client = createWooClient(config, deps);
  const shop = createShop(client);
  const completeRoot = createCompleteRoot(client, shop, config.tracking);
  const listRoots = createListRoots(client);
  const readRoots = createReadRoots(client, listRoots, completeRoot);
  const scans = createScans(listRoots, completeRoot);
  const subscriptions = createSubscriptions(client);
  const capabilities = capabilitiesOf(deps.landingMs);

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
      readable: capabilities.readable,
    }),

    readRoots,
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
    ...sourceOnly(),
    close: () => Promise.resolve(),
  };
}

/** What only a target does. */
function sourceOnly(): Pick<StoreConnector, 'findBySourceId' | 'prepare' | 'express' | 'write' | 'create'> {
  return {
    findBySourceId: () => refuse('look for source ids in'),
    prepare: () => refuse('prepare'),
    express: ({ wanted }) => ({ wanted, withheld: {} }),
    write: () => refuse('write to'),
    create: () => refuse('create in'),
  };
}

function refuse(action: string): Promise<never> {
  const message = `Cannot ${action} "woocommerce": it is supported as a source only`;
  return Promise.reject(new SyncError('FIELD_NOT_SUPPORTED', message));
}
