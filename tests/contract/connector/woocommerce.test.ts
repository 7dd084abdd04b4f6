import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { capabilitiesOf } from '#libs/runtime/config/platform-part.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createWooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { testConnector } from './connector.contract.ts';
import { WRITE } from './subject.ts';

const config: unknown = woocommerce.configSchema.parse({
  url: 'https://shop.example.com',
  consumerKey: 'k',
  consumerSecret: 's',
  webhooks: 'off',
});
const capabilities = await capabilitiesOf(woocommerce, config);
const CUSTOMERS_BY_CHANGE = [
  'what of a customer changed in the very second that is asked from is not missed',
  'a write moves the clock of a customer, so that it is found as changed',
] as const;
const WITHOUT = {
  source: CUSTOMERS_BY_CHANGE,
  target: [
    ...CUSTOMERS_BY_CHANGE,
    // Nothing is unique but SKUs, and a customer's e-mail most of the time: whoever creates looks once more.
    'a second order with the same source id is refused, or is the first',
    'a second customer with the same source id is refused, or is the first',
    'a number that is no longer the expected one is not written over, where the store can tell',
    'what can be archived of a customer can be restored',
    'customer.marketingConsent survives the round trip',
  ],
} as const;

for (const role of ['source', 'target'] as const)
  testConnector({
    name: 'WooCommerce',
    role,
    capabilities,
    isLive: false,
    without: WITHOUT[role],
    async open() {
      let passed = 0;
      const shop = createWooCommerceSimulator({
        now: () => Date.now() + passed,
        random: seededRandom(7),
        consumerKey: 'ck_1',
        consumerSecret: 'cs_1',
        pricesIncludeTax: true,
        isSsl: true,
      });
      shop.seedCatalogue({ variants: 40, orders: 10 });
      const { url } = await shop.start();
      const connect = (as: 'source' | 'target'): StoreConnector =>
        woocommerce.open(
          woocommerce.configSchema.parse({
            url,
            consumerKey: 'ck_1',
            consumerSecret: 'cs_1',
            webhooks: 'off',
            auth: 'header',
            maxConcurrent: 4,
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
      for (const { id, enabled } of (await hands.mails?.list(WRITE)) ?? [])
        if (enabled) await hands.mails?.set(id, false, WRITE);
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
