import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createWooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { testConnector } from './connector.contract.ts';
import { WRITE } from './subject.ts';

for (const role of ['source', 'target'] as const)
  testConnector('WooCommerce', role, async () => {
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
  });
