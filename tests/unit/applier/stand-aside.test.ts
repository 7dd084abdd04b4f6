import { expect, test } from 'vitest';

import type { FactStore } from '#libs/facts/fact-store.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { openStandingAside } from '../../../services/applier/stand-aside.ts';
import { PAIR } from './inputs.ts';

const ASK_MS = 1_000;

function openWith(first: string | null) {
  let approved = first;
  let isAway = false;
  const clock = createVirtualClock(0);
  const lives: string[] = [];
  const said: string[] = [];
  const facts = {
    async get(_pair: string, kind: string) {
      if (isAway) throw new SyncError('STATE_UNAVAILABLE', 'Cannot read facts: it is away');
      return kind === 'approval' && approved !== null ? { configHash: approved } : null;
    },
    async *list() {},
  } as unknown as FactStore;
  const opening = openStandingAside({
    settings: { ...PAIR, configHash: 'mine' },
    facts,
    clock,
    say: (_level, _fields, message) => said.push(message),
    open: async () => {
      lives.push('opened');
      return { stop: async () => void lives.push('stopped'), idle: async () => {} };
    },
  });
  return {
    lives,
    said,
    opening,
    approve: (hash: string) => (approved = hash),
    become: (away: boolean) => (isAway = away),
    pass: () => clock.runUntil(clock.now() + ASK_MS),
  };
}

test('openStandingAside() opens no applier while another config is approved, and one as soon as its own is', async () => {
  const one = openWith('another');
  const applier = await one.opening;
  await one.pass();
  expect(one.lives).toEqual([]);

  one.approve('mine');
  await one.pass();
  await one.pass();
  expect(one.lives).toEqual(['opened']);

  one.approve('another');
  await one.pass();
  expect(one.lives).toEqual(['opened', 'stopped']);
  expect(one.said).toHaveLength(2);
  await applier.stop();
  expect(one.lives).toEqual(['opened', 'stopped']);
});

test('openStandingAside() opens before anything is approved, and stops nothing while the state store is away', async () => {
  const one = openWith(null);
  const applier = await one.opening;
  one.become(true);
  await one.pass();
  await one.pass();

  expect(one.lives).toEqual(['opened']);
  await applier.stop();
  expect(one.lives).toEqual(['opened', 'stopped']);
});
