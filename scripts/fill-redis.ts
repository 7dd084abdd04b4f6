// Fills a Redis with copies of facts as a pair leaves them there, so that the memory of each can be read from the server itself:
//   redis-cli info memory; node scripts/fill-redis.ts redis://127.0.0.1:6379 link 100000; redis-cli info memory
import type { FactKind } from '#libs/facts/fact-kinds.ts';
import { FACT_KINDS } from '#libs/facts/fact-kinds.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { openRedisStateStore } from '#libs/state/redis/redis-state-store.ts';

const USAGE = 'node scripts/fill-redis.ts <redis url> link|product|order <count>';
const PAGE = 1_000;
/** Ids as long as real ones are: nine digits in the old shop, fourteen at Shopify. */
const SOURCE_ID = 100_000_000;
const TARGET_ID = 40_000_000_000_000;
const AT = Date.UTC(2026, 10, 25);
const print = createFingerprint(new Uint8Array(32));

type Fill = { readonly kind: FactKind; readonly id: (n: number) => string; readonly value: (n: number) => unknown };

const settled = (n: number, fields: readonly string[]) => {
  const prints = Object.fromEntries(fields.map((field) => [field, print(`${n} ${field}`)]));
  return { at: AT, changedAt: '2026-11-25T12:00:00Z', print: print(n), wanted: prints, stored: prints };
};

const FILLS: Readonly<Record<string, Fill>> = {
  /** What is linked: a variant, with the products it is under on both sides. */
  link: {
    kind: 'link',
    id: (n) => `variant:${SOURCE_ID + n}`,
    value: (n) => ({
      targetId: String(TARGET_ID + n),
      targetRootId: String(TARGET_ID + n),
      sourceRootId: String(SOURCE_ID + n),
      by: 'sku',
      at: AT,
    }),
  },
  /** What is settled of a product with three variants, of which two fields each are selected. */
  product: {
    kind: 'settled',
    id: (n) => `product:${SOURCE_ID + n}`,
    value: (n) =>
      settled(
        n,
        [0, 1, 2].flatMap((child) =>
          ['quantity', 'stockStatus'].map((field) => `variant:${SOURCE_ID + n + child}/variant.${field}`),
        ),
      ),
  },
  /** What is settled of an order, of which three fields are selected. */
  order: {
    kind: 'settled',
    id: (n) => `order:${SOURCE_ID + n}`,
    value: (n) =>
      settled(
        n,
        ['status', 'tracking', 'history'].map((field) => `order:${SOURCE_ID + n}/order.${field}`),
      ),
  },
};

const [url = '', name = '', count = ''] = process.argv.slice(2);
const fill = FILLS[name];
if (fill === undefined || !/^\d+$/.test(count)) throw new Error(USAGE);

const state = openRedisStateStore({ url, logger: silentLogger });
for (let from = 0; from < Number(count); from += PAGE) {
  const records = Array.from({ length: Math.min(PAGE, Number(count) - from) }, (_, index) => ({
    pair: 'measured',
    kind: fill.kind,
    id: fill.id(from + index),
    value: FACT_KINDS[fill.kind].parse(fill.value(from + index)),
    at: { partition: 0, offset: 1_000_000 + from + index },
  }));
  await state.facts.put(records);
}
process.stdout.write(`${await state.facts.count('measured', fill.kind)} facts of the kind "${fill.kind}"\n`);
await state.close();
