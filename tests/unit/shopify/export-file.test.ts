import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect, onTestFinished, test } from 'vitest';

import { openBulkScan, type BulkParts } from '#libs/connectors/shopify/shopify-bulk.ts';
import { systemClock } from '#libs/runtime/clock.ts';

const CUSTOMERS = 2_000;
const call = { signal: new AbortController().signal, priority: 'compare', fields: new Set<never>() } as const;

/** A shop whose export of customers is done. */
async function anExport(): Promise<BulkParts> {
  const rows = Array.from({ length: CUSTOMERS }, (_, index) =>
    JSON.stringify({ id: `gid://shopify/Customer/${String(index + 1)}`, createdAt: '2026-01-01T00:00:00Z' }),
  );
  const server = createServer((_, response) => response.end(`${rows.join('\n')}\n`)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const done = {
    id: 'gid://shopify/BulkOperation/1',
    status: 'COMPLETED',
    objectCount: String(CUSTOMERS),
    url: `http://127.0.0.1:${String(port)}/export.jsonl`,
  };
  const answers = [
    { bulkOperationRunQuery: { bulkOperation: { id: done.id }, userErrors: [] } },
    { bulkOperation: done },
  ];
  return {
    client: { read: async () => answers.shift() },
    shop: { info: async () => ({ currency: 'EUR' }) },
    reader: { roots: async () => [] },
    events: false,
    clock: systemClock,
    fetch,
  } as unknown as BulkParts;
}

test('an export is read whole, however long nobody asks for its first row', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const scan = await openBulkScan('customer', null, await anExport(), call);

  // What answers is thrown away meanwhile, and with it, were nobody reading it, what it had to say.
  for (let round = 0; round < 5; round++) {
    collectGarbage();
    await systemClock.sleep(20);
  }
  let seen = 0;
  for await (const { roots } of scan ?? []) seen += roots.length;

  expect(seen).toBe(CUSTOMERS);
});
