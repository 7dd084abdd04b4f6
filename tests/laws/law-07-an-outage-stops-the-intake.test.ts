import { describe, expect, test } from 'vitest';

import { createVirtualHealth, type StoreHealth } from '#libs/connectors/store-health.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { Decorate, TestPair } from './harness.ts';
import { newsOf, openTestPair, quantityOf } from './harness.ts';
import { newProduct, shelved } from './shelf.ts';

/** A store that can be switched off, and the health watch of it. */
function aSwitch() {
  let off = false;
  let health: StoreHealth | null = null;
  const fail = () => {
    if (off) throw new SyncError('STORE_FAILED', 'Cannot ask the store: 503');
  };
  const probe = async () => fail();
  const guarded =
    <A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      fail();
      return ask(...args);
    };
  const decorate: Decorate = (store, clock): StoreConnector => {
    health = createVirtualHealth({ name: 'store', probe, clock, onChange: () => undefined, resetMs: 5_000 });
    return {
      ...store,
      readRoots: guarded(store.readRoots),
      findBySourceId: guarded(store.findBySourceId),
      findByKey: guarded(store.findByKey),
      write: guarded(store.write),
      create: guarded(store.create),
    };
  };
  const watch = () => health ?? { failed: async () => 'well' as const, isWell: () => true, whenWell: async () => {} };
  return {
    decorate,
    health: {
      failed: (error: unknown) => watch().failed(error),
      isWell: () => watch().isWell(),
      whenWell: (signal: AbortSignal) => watch().whenWell(signal),
    },
    off: () => void (off = true),
    on: () => void (off = false),
  };
}

async function parkedOf(pair: TestPair): Promise<readonly string[]> {
  const ids: string[] = [];
  const collect = async () => {
    for await (const { id } of pair.facts.list('acme', 'parked')) ids.push(id);
  };
  await pair.soon(collect());
  return ids;
}

const IDS = ['1', '2', '3', '4'];

describe.each(['source', 'target'] as const)('law 7: an outage of the %s', (side) => {
  async function down() {
    const store = aSwitch();
    const health = side === 'source' ? { sourceHealth: store.health } : { targetHealth: store.health };
    const pair = await openTestPair({ [side]: store.decorate, ...health });
    for (const id of IDS) {
      pair.source.put(shelved(id, `SKU-${id}`, 3));
      pair.target.put(shelved(`10${id}`, `SKU-${id}`, 9));
    }
    await pair.start();
    store.off();
    await pair.publish(...IDS.map((id) => newsOf('product', id)));
    await pair.pass(3_600_000);
    return { pair, store };
  }

  test('drops, skips and parks nothing, however long it takes', async () => {
    const { pair } = await down();

    expect(await pair.outcomes()).toEqual([]);
    expect(await parkedOf(pair)).toEqual([]);
    expect((await pair.soon(pair.log.lag('acme'))).behind).toBe(IDS.length);
  });

  test('ends with all of it applied, and no attempt used', async () => {
    const { pair, store } = await down();

    store.on();
    await pair.quiet();

    expect(IDS.map((id) => quantityOf(pair.ofTarget(`10${id}`)))).toEqual([3, 3, 3, 3]);
    const outcomes = await pair.outcomes();
    expect(outcomes.filter(({ via }) => via === 'retry')).toEqual([]);
    expect(await pair.soon(pair.facts.get('acme', 'retrying', 'product:1'))).toBeNull();
    expect(await parkedOf(pair)).toEqual([]);
  });

  test('asks only for a probe meanwhile', async () => {
    const { pair } = await down();
    const before = pair.calls.length;

    await pair.pass(3_600_000);

    expect(pair.calls.length).toBe(before);
  });
});

describe('law 7', () => {
  test('a target that goes down while a call is out uses no attempt, and the call is looked at again', async () => {
    const store = aSwitch();
    const pair = await openTestPair({
      targetHealth: store.health,
      target: (target, clock) => {
        const guarded = store.decorate(target, clock);
        let sent = 0;
        return {
          ...guarded,
          create: async (drafts, call) => {
            if (++sent > 1) return guarded.create(drafts, call);
            store.off();
            clock.after(60_000, () => void target.create(drafts, call));
            throw new SyncError('STORE_SILENT', 'Cannot hear the store: no answer');
          },
        };
      },
    });
    pair.source.put(newProduct('1', 'A', 3));
    await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(900_000);

    store.on();
    await pair.quiet();

    expect(pair.target.list('product')).toHaveLength(1);
    expect((await pair.outcomes()).filter(({ via }) => via === 'retry')).toEqual([]);
    expect(await parkedOf(pair)).toEqual([]);
  });

  test('a store that asks to wait is waited for: it is throttled, not ill', async () => {
    let calls = 0;
    const pair = await openTestPair({
      target: (target) => ({
        ...target,
        write: async (patches, call) =>
          ++calls === 1
            ? patches.map(() => ({ outcome: 'throttled', retryAfterMs: 30_000 }))
            : target.write(patches, call),
      }),
    });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    const [one, two] = pair.calls.filter(({ kind }) => kind === 'write');
    expect((two?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect(await pair.outcomes()).toEqual([expect.objectContaining({ outcome: 'applied', via: 'webhook' })]);
  });
});
