import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { capabilitiesOf } from '#libs/runtime/config/platform-part.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createShopifySimulator } from '../../../simulators/shopify/shopify-simulator.ts';
import { testConnector } from './connector.contract.ts';

const config: unknown = shopify.configSchema.parse({
  shop: 'sim-target.myshopify.com',
  location: 'Main warehouse',
  accessToken: 't',
});
const capabilities = await capabilitiesOf(shopify, config);
const WITHOUT = { source: [], target: ['what can be archived of a customer can be restored'] } as const;

for (const role of ['source', 'target'] as const)
  testConnector({
    name: 'Shopify',
    role,
    capabilities,
    isLive: false,
    without: WITHOUT[role],
    async open() {
      let passed = 0;
      const shop = createShopifySimulator({
        now: () => Date.now() + passed,
        random: seededRandom(7),
        accessToken: 'shpat_test',
        jobMs: 5,
        bulkMs: 5,
        bucketSize: 100_000,
        restoreRate: 10_000,
        // The platform does not say so of orders; whoever creates has looked before.
        uniqueInOrderCreate: true,
      });
      const { url } = await shop.start();
      const connect = (as: 'source' | 'target'): StoreConnector =>
        shopify.open(
          shopify.configSchema.parse({
            shop: 'sim-target.myshopify.com',
            location: 'Main warehouse',
            url,
            accessToken: 'shpat_test',
          }),
          {
            clock: systemClock,
            random: seededRandom(11),
            budget: { take: () => Promise.resolve(), report: () => undefined, backOff: () => undefined },
            callMs: 10_000,
            role: as,
          },
        );
      const hands = connect('target');
      return {
        role,
        connector: role === 'target' ? hands : connect('source'),
        hands,
        mark: 'lsc',
        isLive: false,
        nextSecond: () => Promise.resolve(void (passed += 1_000)),
        say: () => undefined,
        close: shop.stop,
      };
    },
  });
