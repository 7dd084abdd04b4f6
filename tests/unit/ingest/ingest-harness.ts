import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { News } from '#libs/event-log/news.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { readWooCommerceWebhook } from '#libs/connectors/woocommerce/woocommerce-webhook.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { createLogger } from '#libs/runtime/logger.ts';
import type { Ingest } from '../../../services/ingest/open-ingest.ts';
import { openIngest } from '../../../services/ingest/open-ingest.ts';

export const SECRET = 'whsec-fixture-0123456789';

/** A log that takes news, refuses it, or never answers. */
export function fakeLog() {
  const news: News[] = [];
  const facts: AnyFactWrite[] = [];
  const opened: string[] = [];
  let mood: 'well' | 'refusing' | 'hanging' = 'well';
  let calls = 0;
  const answer = (): Promise<void> => {
    calls += 1;
    if (mood === 'hanging') return new Promise(() => {});
    return mood === 'well' ? Promise.resolve() : Promise.reject(new Error('no log'));
  };
  return {
    news,
    facts,
    opened,
    calls: () => calls,
    become: (next: typeof mood) => {
      mood = next;
    },
    log: {
      publish: async (given: readonly News[]) => {
        await answer();
        news.push(...given);
      },
      openPair: (pair: string) => {
        opened.push(pair);
        return Promise.resolve();
      },
    },
    factStore: {
      put: async (given: readonly AnyFactWrite[]) => {
        await answer();
        facts.push(...given);
        return 'written' as const;
      },
    },
  };
}

export async function tempFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lockstep-ingest-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The real ingest on free ports, for the pair `acme` of a WooCommerce shop. */
export async function startIngest(
  dataDir: string,
  fake: ReturnType<typeof fakeLog>,
  options: { readonly bodyLimitBytes?: number; readonly publishMs?: number; readonly privatePort?: number } = {},
): Promise<{ readonly ingest: Ingest; readonly lines: string[]; readonly swept: unknown[] }> {
  const lines: string[] = [];
  const swept: unknown[] = [];
  const ingest = await openIngest({
    pairs: [{ name: 'acme', readWebhook: readWooCommerceWebhook, secrets: ['another-secret', SECRET] }],
    log: fake.log,
    facts: fake.factStore,
    dataDir,
    clock: systemClock,
    logger: createLogger({ service: 'ingest', level: 'debug', destination: { write: (line) => lines.push(line) } }),
    ports: { host: '127.0.0.1', port: 0, privateHost: '127.0.0.1', privatePort: options.privatePort ?? 0 },
    bodyLimitBytes: options.bodyLimitBytes ?? 1_000_000,
    publishMs: options.publishMs ?? 2_000,
    onUnreadable: (pair, root) => swept.push({ pair, root }),
  });
  return { ingest, lines, swept };
}

export type Delivery = { readonly headers: Record<string, string>; readonly body: Buffer };

/** A delivery as the real shop sent it. */
export async function recordedDelivery(name: string): Promise<Delivery> {
  const file = new URL(`../../fixtures/woocommerce/webhooks/${name}.json`, import.meta.url);
  const { request } = JSON.parse(await readFile(file, 'utf8')) as {
    request: { headers: [string, string][]; body_base64: string };
  };
  // These belong to the recorded connection, and fetch sets its own.
  const own = new Set(['host', 'connection', 'content-length', 'accept-encoding']);
  return {
    headers: Object.fromEntries(request.headers.filter(([header]) => !own.has(header.toLowerCase()))),
    body: Buffer.from(request.body_base64, 'base64'),
  };
}

/** A delivery of ours, signed as the shop signs. */
export function signedDelivery(body: string | Buffer, topic = 'product.updated'): Delivery {
  const bytes = Buffer.from(body);
  const signature = createHmac('sha256', SECRET).update(bytes).digest('base64');
  return { headers: { 'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': signature }, body: bytes };
}

export async function deliver(url: string, { headers, body }: Delivery, pair = 'acme'): Promise<number> {
  const answer = await fetch(`${url}/webhooks/${pair}`, { method: 'POST', headers, body: new Uint8Array(body) });
  await answer.text();
  return answer.status;
}
