import { migrate } from '../../../simulators/migration/migrate.ts';
import type { JudgeInput } from '../../../simulators/oracle/judge.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator, type WooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { seededRandom } from '../../../cli/demo/seeded-random.ts';

export const MIGRATED_AT = Date.parse('2026-11-20T08:00:00Z');

export type TwoShops = { readonly source: WooCommerceSimulator; readonly target: ShopifySimulator };

export const SELECTED = new Set([
  'variant.quantity',
  'variant.stockStatus',
  'variant.price',
  'order.status',
  'order.tracking',
  'order.history',
]);

/** Two shops that agree in everything: the new one was copied from the old one just now. */
export function twoShops(seed = 3, before: (source: WooCommerceSimulator) => void = () => {}): TwoShops {
  const random = seededRandom(seed);
  let now = MIGRATED_AT - 1000;
  const options = { now: () => (now += 10), random };
  const source = createWooCommerceSimulator({ ...options, consumerKey: 'ck', consumerSecret: 'cs' });
  const target = createShopifySimulator({ ...options, accessToken: 'shpat_demo' });
  source.seedCatalogue({ variants: 60, orders: 30 });
  before(source);
  migrate(source, target);
  now = MIGRATED_AT + 60_000;
  return { source, target };
}

export function inputOf({ source, target }: TwoShops, more: Partial<JudgeInput> = {}): JudgeInput {
  return {
    source: { ledger: source.ledger, state: source.state() },
    target: { ledger: target.ledger, state: target.state() },
    selected: SELECTED,
    migratedAt: MIGRATED_AT,
    approvedSeq: 0,
    ...more,
  };
}
