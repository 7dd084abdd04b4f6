import type { Clock } from '#libs/runtime/clock.ts';
import { draw } from '../../simulators/migration/after-migration.ts';
import { isWooCommerceShop, type AnyShop } from '../../simulators/migration/migrate.ts';
import type { Act, Floor, RootId } from './trade-floor.ts';
import { atShopify } from './trade-shopify.ts';
import { atWooCommerce } from './trade-woocommerce.ts';

/**
 * The old shop's clocks have a grain of one second. What changes again in the second in which it was read, and whose webhook is
 * lost then, moves no clock that anybody could see: it would rightly be called silent. So a root changes once a second at most.
 */
const REST_MS = 1_100;

/** Of so many webhooks in a hundred: lost for good, sent twice, held back so that later ones overtake them. */
const LOST = 2;
const DOUBLED = 5;
const HELD_BACK = 10;

type Fate = 'deliver' | 'lose' | 'double' | { readonly delayMs: number };

export function rougherPost(random: () => number): () => Fate {
  return () => {
    const drawn = random() * 100;
    if (drawn < LOST) return 'lose';
    if (drawn < LOST + DOUBLED) return 'double';
    return drawn < LOST + DOUBLED + HELD_BACK ? { delayMs: 150 + Math.floor(random() * 900) } : 'deliver';
  };
}

export type TradeOptions = {
  readonly seconds: number;
  /** Changes a second. */
  readonly pace: number;
  /** Whether to go on when the seconds are over; absent: no. */
  readonly goesOn?: () => boolean;
  readonly random: () => number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each change with the part that is done, 0–1. */
  readonly onProgress: (done: number, changes: number) => void;
};

/** Shoppers and staff of the old shop at work; resolves to the number of changes they made. */
export async function trade(
  shop: AnyShop,
  { seconds, pace, goesOn = () => false, random, clock, signal, onProgress }: TradeOptions,
): Promise<number> {
  const total = Math.max(1, Math.round(seconds * pace));
  const plan = schedule(total, random);
  const begun = clock.monotonic();
  const touched = new Map<RootId, number>();
  const rested = (id: RootId): boolean => clock.monotonic() - (touched.get(id) ?? Number.NEGATIVE_INFINITY) > REST_MS;
  const touch = (...ids: readonly RootId[]): void => ids.forEach((id) => touched.set(id, clock.monotonic()));
  const floor: Floor = { random, rested, touch, fresh: new Set(), serial: 0 };
  const acts = isWooCommerceShop(shop) ? atWooCommerce(shop, floor) : atShopify(shop, floor);
  let changes = 0;
  for (let index = 0; index < total || goesOn(); index++) {
    const due = begun + (index * 1_000) / pace;
    if (clock.monotonic() < due) await clock.sleep(due - clock.monotonic(), signal);
    if (acts[plan[index % total] ?? 'stock']()) changes += 1;
    onProgress(Math.min(1, (index + 1) / total), changes);
  }
  return changes;
}

/** How many of a thousand changes are of which kind; the rest is stock. */
const SHARES: readonly (readonly [Exclude<Act, 'stock'>, number])[] = [
  ['price', 60],
  ['status', 45],
  ['tracking', 25],
  ['refund', 15],
  ['order', 12],
  ['customer', 5],
  ['product', 3],
];

function schedule(total: number, random: () => number): readonly Act[] {
  const rare = SHARES.flatMap(([act, share]) => Array<Act>(Math.max(1, Math.round((total * share) / 1000))).fill(act));
  const acts: Act[] = [...rare, ...Array<Act>(Math.max(0, total - rare.length)).fill('stock')];
  return draw(acts, acts.length, random);
}
