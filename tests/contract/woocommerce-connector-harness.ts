import { onTestFinished } from 'vitest';

import type { FieldName } from '#libs/fields/field-names.ts';
import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import type {
  Budget,
  CallContext,
  ReadContext,
  StoreConnector,
  WriteContext,
} from '#libs/connectors/store-connector.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createWooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import type { WooCommerceOptions, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';

export type OpenShop = {
  readonly shop: WooCommerceSimulator;
  readonly url: string;
  readonly connector: StoreConnector;
  /** Another connector to the same shop. */
  readonly connect: (config?: Readonly<Record<string, unknown>>) => StoreConnector;
  /** Lets this many seconds of the shop's clock pass. */
  readonly pass: (seconds: number) => void;
  readonly now: () => number;
  /** Called after each answer, with the path and query that was asked for. */
  readonly afterEach: (run: (asked: string) => void) => void;
  /** Changes what the shop answers on the way, as a plugin would. */
  readonly rewrite: (run: (json: unknown) => unknown) => void;
  /** Answers in the shop's place, as a plugin's own route would, with JSON or a whole response; null: the shop answers. */
  readonly answer: (run: (asked: string) => unknown) => void;
  readonly asked: readonly string[];
  readonly backOffs: readonly number[];
};

export const call: CallContext = { signal: new AbortController().signal, priority: 'change' };
export const write: WriteContext = { ...call, maySend: () => true };

export function reading(...fields: readonly FieldName[]): ReadContext {
  return { ...call, fields: new Set(fields) };
}

/** A shop behind a proxy that speaks https, and a connector to it. */
export async function openShop(options: Partial<WooCommerceOptions> = {}): Promise<OpenShop> {
  let now = Date.now();
  const shop = createWooCommerceSimulator({
    now: () => now,
    random: seededRandom(7),
    consumerKey: 'ck_1',
    consumerSecret: 'cs_1',
    ...options,
  });
  const { url } = await shop.start();
  onTestFinished(() => shop.stop());
  const asked: string[] = [];
  const backOffs: number[] = [];
  let after: ((asked: string) => void) | null = null;
  let rewrite: ((json: unknown) => unknown) | null = null;
  let plugin: ((asked: string) => unknown) | null = null;
  const budget: Budget = {
    take: () => Promise.resolve(),
    report: () => undefined,
    backOff: (ms) => void backOffs.push(ms),
  };
  const connect = (config: Readonly<Record<string, unknown>> = {}): StoreConnector =>
    woocommerce.open(
      woocommerce.configSchema.parse({
        url,
        consumerKey: 'ck_1',
        consumerSecret: 'cs_1',
        webhookSecrets: ['letters'],
        auth: 'header',
        headers: { 'x-forwarded-proto': 'https' },
        ...config,
      }),
      {
        clock: systemClock,
        random: seededRandom(11),
        budget,
        callMs: 5_000,
        async fetch(address, init) {
          const { pathname, search } = new URL(address);
          asked.push(`${pathname}${search}`);
          const own = (await plugin?.(`${pathname}${search}`)) ?? null;
          if (own !== null) return own instanceof Response ? own : Response.json(own);
          const answer = await fetch(address, init);
          after?.(`${pathname}${search}`);
          if (rewrite === null) return answer;
          const { status, headers } = answer;
          return new Response(JSON.stringify(rewrite(await answer.json())), { status, headers });
        },
      },
    );
  return {
    shop,
    url,
    connector: connect(),
    connect,
    pass: (seconds) => void (now += seconds * 1000),
    now: () => now,
    afterEach: (run) => void (after = run),
    rewrite: (run) => void (rewrite = run),
    answer: (run) => void (plugin = run),
    asked,
    backOffs,
  };
}

/** Simple products P-1, P-2 …, one second apart or all in one. */
export function seedProducts({ shop, pass }: OpenShop, count: number, secondsApart = 1): readonly string[] {
  const before = shop.state().products.length;
  return Array.from({ length: count }, (_, at) => {
    pass(secondsApart);
    const number = before + at + 1;
    const { id } = shop.people.createProduct({
      name: `Product ${number}`,
      sku: `P-${number}`,
      regular_price: '10.00',
      manage_stock: true,
      stock_quantity: number,
    });
    return String(id);
  });
}

export async function collect(pages: AsyncIterable<{ readonly roots: readonly StoredRoot[] }>): Promise<StoredRoot[]> {
  const roots: StoredRoot[] = [];
  for await (const page of pages) roots.push(...page.roots);
  return roots;
}
