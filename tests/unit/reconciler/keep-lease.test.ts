import { expect, test } from 'vitest';

import { keepLease } from '../../../services/reconciler/keep-lease.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';

const LEASE_MS = 3_000;

async function aLease() {
  const clock = createVirtualClock(Date.parse('2026-11-24T08:00:00Z'));
  const standstill = { monotonic: 0, wall: 0 };
  const seen = {
    ...clock,
    now: () => clock.now() + standstill.wall,
    monotonic: () => clock.monotonic() + standstill.monotonic,
  };
  const state = { lease: async () => true, release: async () => {} };
  const lease = await keepLease({ name: 'r', holder: 'me', leaseMs: LEASE_MS, state, clock: seen, say: () => {} });
  return { clock, lease, standstill, state };
}

test('a lease that is prolonged is held', async () => {
  const { clock, lease } = await aLease();

  await clock.runUntil(clock.now() + 10 * LEASE_MS);

  expect(() => lease.assertHeld()).not.toThrow();
});

test.each(['monotonic', 'wall'] as const)(
  'a process that stood still by its %s clock sees in the tick in which it wakes that somebody else may have it',
  async (kind) => {
    const { lease, standstill } = await aLease();
    const tenure = lease.tenure();

    standstill[kind] = LEASE_MS;

    expect(() => lease.assertHeld()).toThrow('The lease is lost');
    // Whatever else works under it stops as well.
    expect(tenure?.aborted).toBe(true);
  },
);

test('once it is held again, what is begun then may go on', async () => {
  const { clock, lease, standstill } = await aLease();
  standstill.wall = LEASE_MS;
  expect(() => lease.assertHeld()).toThrow('The lease is lost');

  await clock.runUntil(clock.now() + LEASE_MS);

  expect(() => lease.assertHeld()).not.toThrow();
});
