import { expect, test } from 'vitest';

import type { ScanPage, StoreConnector } from '#libs/connectors/store-connector.ts';
import { withCallMetrics, type AskedCall } from '#libs/connectors/with-call-metrics.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

const call = { signal: new AbortController().signal, priority: 'change' } as const;

function watched(store: Partial<StoreConnector>) {
  const told: AskedCall[] = [];
  let now = 0;
  const connector = withCallMetrics(store as StoreConnector, {
    monotonic: () => (now += 250),
    onCall: (one) => told.push(one),
  });
  return { connector, told };
}

test('what a store answers is passed on, and told of with its time', async () => {
  const { connector, told } = watched({ storeTime: () => Promise.resolve(42) });

  expect(await connector.storeTime(call)).toBe(42);
  expect(told).toEqual([{ call: 'read', result: 'ok', ms: 250 }]);
});

test('an error is passed on, and told of by its code', async () => {
  const limited = new SyncError('STORE_RATE_LIMITED', 'Cannot ask: too often');
  const { connector, told } = watched({ probe: () => Promise.reject(limited) });

  await expect(connector.probe(call)).rejects.toBe(limited);
  expect(told).toEqual([{ call: 'probe', result: 'STORE_RATE_LIMITED', ms: 250 }]);
});

test('a call that was given up is no failure of the store', async () => {
  const { connector, told } = watched({ probe: () => Promise.reject(new DOMException('stop', 'AbortError')) });

  await expect(connector.probe(call)).rejects.toThrow('stop');
  expect(told).toMatchObject([{ result: 'aborted' }]);
});

test('a walk is told of page by page, and ends the store’s own when it is left early', async () => {
  let ended = false;
  async function* pages(): AsyncGenerator<ScanPage> {
    try {
      yield { roots: [], cursor: '1' };
      yield { roots: [], cursor: '2' };
    } finally {
      ended = true;
    }
  }
  const { connector, told } = watched({ scan: pages });

  const cursors: string[] = [];
  for await (const { cursor } of connector.scan('product', {}, { ...call, fields: new Set() })) {
    cursors.push(cursor);
    break;
  }

  expect(cursors).toEqual(['1']);
  expect(told).toEqual([{ call: 'scan', result: 'ok', ms: 250 }]);
  expect(ended).toBe(true);
});
