import { describe, expect, test } from 'vitest';

import { listOpenAlarms } from '#libs/facts/alarms.ts';
import { openReconciler, type Reconciler } from '../../../services/reconciler/open-reconciler.ts';
import { aProduct, NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

const SETTINGS = { reconcile: { cron: '0 2 * * *', timezone: 'UTC', sweepEveryMs: 300_000, repair: true } };
const waits = { tickMs: 1, leaseMs: 1_500, retryMs: 1, pollMs: 1 };

/** One lease for all who ask. */
function aLease() {
  let owner: string | null = null;
  return {
    lease: async (_name: string, holder: string) => {
      owner ??= holder;
      return owner === holder;
    },
    release: async () => {
      owner = null;
    },
    isHeld: () => owner !== null,
    give(holder: string) {
      owner = holder;
    },
  };
}

function open(world: World, state: ReturnType<typeof aLease> = aLease()): Promise<Reconciler> {
  return openReconciler({ ...world, state, journalPath: ':memory:', waits });
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('It never came');
}

async function runsOf(world: World): Promise<number> {
  let ended = 0;
  for await (const { value } of world.facts.list('acme', 'run')) if (value.endedAt !== null) ended += 1;
  return ended;
}

describe('a reconciler', () => {
  test('scans slowly beside its other duties, where it has a pace, and never before approval', async () => {
    const world = await aWorld({ settings: { reconcile: { ...SETTINGS.reconcile, cron: null, sweepEveryMs: null } } });
    await world.settle(aProduct({ id: '1' }));
    world.source.put(aProduct({ id: '1', quantity: 3 }));
    const pace = { share: 1, perSecond: 1_000, spent: () => 0 };
    let now = NOW;
    const clock = { ...world.clock, now: () => (now += 60_000) };
    const reconciler = await openReconciler({ ...world, clock, state: aLease(), journalPath: ':memory:', waits, pace });
    await reconciler.idle();
    const before = await world.published();

    const value = { phase: 'follow', at: 1, by: 'anna' } as const;
    await world.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value }]);
    await until(async () => (await world.published()).length > 0);
    await reconciler.stop();

    expect(before).toEqual([]);
    expect((await world.published())[0]?.news).toMatchObject({ rootId: '1', via: 'sweep', topic: 'scan' });
  });

  test('compares when the schedule says so by its own clock', async () => {
    let now = NOW - 60_000;
    const world = await aWorld({ settings: SETTINGS, now: () => now });
    const reconciler = await open(world);
    expect(reconciler.nextRunAt()).toBe(NOW);
    expect(await runsOf(world)).toBe(0);

    now = NOW + 1_000;

    await until(async () => (await runsOf(world)) === 1);
    await reconciler.idle();
    expect(reconciler.nextRunAt()).toBe(NOW + 86_400_000);
    await reconciler.stop();
  });

  test('sweeps every few minutes and publishes what was missed', async () => {
    let now = NOW + 3_600_000;
    const world = await aWorld({ settings: SETTINGS, now: () => now });
    const reconciler = await open(world);
    await until(async () => (await world.facts.get('acme', 'cursor', 'product')) !== null);
    world.source.put(aProduct({ id: '1', changedAt: new Date(now + 1_000).toISOString() }));

    now += 300_000;

    await until(async () => (await world.published()).length > 0);
    expect((await world.published()).map(({ news }) => news?.via)).toEqual(['sweep']);
    await until(() => reconciler.lastSweep()?.published === 1);
    await reconciler.stop();
  });

  test('compares everything after an alarm, which is answered by it', async () => {
    const world = await aWorld({ settings: SETTINGS, now: () => NOW + 60_000 });
    const value = { at: NOW, message: 'news is gone' };
    await world.facts.put([{ pair: 'acme', kind: 'alarm', id: 'gap:0', value }]);
    const reconciler = await open(world);

    await reconciler.idle();

    expect(await runsOf(world)).toBe(1);
    expect(await listOpenAlarms(world.facts, 'acme')).toEqual([]);
    await reconciler.stop();
  });

  test('an alarm that rings again while a comparison answers it is answered by the next one', async () => {
    const world = await aWorld({ settings: SETTINGS, now: () => NOW + 60_000 });
    const ring = (at: number) =>
      world.facts.put([{ pair: 'acme', kind: 'alarm', id: 'gap:0', value: { at, message: 'news is gone' } }]);
    let scans = 0;
    const source = {
      ...world.source,
      async *scan(...args: Parameters<typeof world.source.scan>) {
        scans += 1;
        if (scans === 1) await ring(NOW + 1);
        yield* world.source.scan(...args);
      },
    };
    await ring(NOW);
    const reconciler = await open({ ...world, source });

    await reconciler.idle();

    expect(await runsOf(world)).toBe(2);
    await reconciler.stop();
  });

  test('does nothing while another process holds the lease', async () => {
    const world = await aWorld({ settings: SETTINGS, now: () => NOW + 60_000 });
    const state = aLease();
    state.give('somebody');
    const reconciler = await open(world, state);
    await world.facts.put([{ pair: 'acme', kind: 'alarm', id: 'gap:0', value: { at: NOW, message: 'gone' } }]);

    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await runsOf(world)).toBe(0);
    await state.release();

    await until(async () => (await runsOf(world)) === 1);
    await reconciler.stop();
  });

  test('a comparison ends when the lease is lost, and is not counted', async () => {
    const world = await aWorld({ settings: SETTINGS, now: () => NOW + 60_000 });
    world.source.put(aProduct({ id: '1', quantity: 3 }));
    world.target.put(aProduct({ id: '101' }));
    await world.link('1', '101');
    const state = aLease();
    const reconciler = await open(world, state);

    const run = reconciler.compare({ repair: true });
    await until(async () => (await world.published()).length > 0);
    state.give('somebody');

    await expect(run).rejects.toThrow('The lease is lost');
    expect(await runsOf(world)).toBe(0);
    await reconciler.stop();
  });

  test('goes on where the lease was lost and is held again before what ran noticed', async () => {
    const world = await aWorld({ settings: SETTINGS, now: () => NOW + 60_000 });
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let slowly = true;
    const source = {
      ...world.source,
      async *scan(...args: Parameters<typeof world.source.scan>) {
        if (slowly) {
          slowly = false;
          begun.resolve();
          await go.promise;
        }
        yield* world.source.scan(...args);
      },
    };
    const state = aLease();
    let lost = false;
    const say = (_level: string, _facts: unknown, message: string) => {
      lost ||= message.startsWith('another process');
    };
    const value = { at: NOW, message: 'news is gone' };
    await world.facts.put([{ pair: 'acme', kind: 'alarm', id: 'gap:0', value }]);
    const reconciler = await open({ ...world, source, say }, state);
    await begun.promise;
    state.give('somebody');
    await until(() => lost);
    await state.release();
    await until(() => state.isHeld());

    go.resolve();

    await until(async () => (await runsOf(world)) === 1);
    expect(await runsOf(world)).toBe(1);
    await reconciler.stop();
  });

  test('runs comparisons one after the other', async () => {
    const world = await aWorld({ settings: SETTINGS, now: () => NOW + 60_000 });
    const reconciler = await open(world);

    const results = await Promise.all([reconciler.compare({ repair: false }), reconciler.compare({ repair: false })]);

    expect(new Set(results.map(({ id }) => id)).size).toBe(2);
    await reconciler.stop();
  });
});
