import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createStoreHealth, createVirtualHealth } from '#libs/connectors/store-health.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { createFakeClock } from './fake-clock.ts';

const failure = new SyncError('STORE_FAILED', 'Cannot read products: 502');

describe.each([
  { name: 'opossum', create: createStoreHealth },
  { name: 'virtual', create: createVirtualHealth },
])('store health by $name', ({ create }) => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function open() {
    const clock = createFakeClock();
    let probes = 0;
    let failing: unknown = null;
    const changes: string[] = [];
    const health = create({
      name: 'acme source',
      clock,
      resetMs: 30_000,
      async probe() {
        probes++;
        await Promise.resolve();
        if (failing !== null) throw failing;
      },
      onChange: (condition) => changes.push(condition),
    });
    return {
      health,
      changes,
      probes: () => probes,
      fails: (error: unknown) => {
        failing = error;
      },
      answers: () => {
        failing = null;
      },
      advance: async (ms: number) => {
        await vi.advanceTimersByTimeAsync(ms);
        await clock.advance(ms);
      },
    };
  }

  test('a failed call is the call’s own fault while the probe is answered', async () => {
    const { health, changes } = open();

    expect(await health.failed(failure)).toBe('well');
    expect(health.isWell()).toBe(true);
    expect(changes).toEqual([]);
  });

  test.each(['STORE_FAILED', 'STORE_SILENT', 'STORE_UNREACHABLE', 'STORE_ANSWER_FOREIGN'] as const)(
    'the store is ill when its probe ends with %s',
    async (code) => {
      const { health, fails, changes } = open();
      fails(new SyncError(code, 'Cannot probe the store: simulated'));

      expect(await health.failed(failure)).toBe('ill');
      expect(health.isWell()).toBe(false);
      expect(changes).toEqual(['ill']);
    },
  );

  test.each(['STORE_RATE_LIMITED', 'STORE_UNAUTHORISED', 'STORE_REFUSED'] as const)(
    'a probe that is answered with %s was answered',
    async (code) => {
      const { health, fails } = open();
      fails(new SyncError(code, 'Cannot probe the store: simulated'));

      expect(await health.failed(failure)).toBe('well');
    },
  );

  test('many failed calls at once cost one probe, and none while the store is known to be ill', async () => {
    const { health, fails, probes } = open();
    fails(failure);

    const conditions = await Promise.all([health.failed(failure), health.failed(failure), health.failed(failure)]);
    const later = await health.failed(failure);

    expect([...conditions, later]).toEqual(['ill', 'ill', 'ill', 'ill']);
    expect(probes()).toBe(1);
  });

  test('one failed probe is enough after many good ones', async () => {
    const { health, fails } = open();
    for (let round = 0; round < 300; round++) await health.failed(failure);
    fails(failure);

    expect(await health.failed(failure)).toBe('ill');
  });

  test('an ill store is probed again after resetMs, until it answers; then who waited goes on', async () => {
    const { health, fails, answers, advance, probes, changes } = open();
    fails(failure);
    await health.failed(failure);
    let woken = false;
    const waited = health.whenWell(new AbortController().signal).then(() => (woken = true));

    await advance(29_999);
    expect(probes()).toBe(1);
    await advance(1);
    expect(probes()).toBe(2);
    expect(woken).toBe(false);
    answers();
    await advance(30_000);
    await waited;

    expect(woken).toBe(true);
    expect(probes()).toBe(3);
    expect(health.isWell()).toBe(true);
    expect(changes).toEqual(['ill', 'well']);
  });

  test('whenWell() resolves at once while the store is well, and rejects when the signal is aborted', async () => {
    const { health, fails } = open();
    const stopping = new AbortController();
    await expect(health.whenWell(stopping.signal)).resolves.toBeUndefined();
    fails(failure);
    await health.failed(failure);

    const waited = health.whenWell(stopping.signal);
    stopping.abort(new Error('the process ends'));

    await expect(waited).rejects.toThrow('the process ends');
    await expect(health.whenWell(stopping.signal)).rejects.toThrow('the process ends');
  });

  test('probes no more once it is closed', async () => {
    const { health, fails, advance, probes } = open();
    fails(failure);
    await health.failed(failure);

    health.close();
    await advance(120_000);

    expect(probes()).toBe(1);
  });
});
