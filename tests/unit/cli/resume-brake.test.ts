import { expect, test } from 'vitest';

import type { Runtime } from '../../../cli/handler.ts';
import { resume } from '../../../cli/pause-handlers.ts';
import { aClock, NOW, someFacts } from '../reconciler/fake-stores.ts';

const BRAKE = { since: NOW - 5_000, count: 20, openUntil: null } as const;

async function resumed(heldAt: number | null) {
  const facts = someFacts();
  const hold = { at: NOW, by: 'lockstep', reason: 'more than 20 entities were deleted' };
  await facts.put([
    { pair: 'acme', kind: 'hold', id: '*', value: hold },
    { pair: 'acme', kind: 'brake', id: 'deleted', value: { ...BRAKE, heldAt } },
  ]);
  const pairs = new Map([['acme', {}]]);
  const runtime = { facts, clock: aClock(), pairs, config: { cluster: null }, running: null } as unknown as Runtime;
  const call = { tell: () => undefined, signal: new AbortController().signal };
  await resume({ pair: 'acme', by: 'anna' }, runtime, call);
  return facts.get('acme', 'brake', 'deleted');
}

test('who resumes a pair that a brake held has accepted what it held, for an hour', async () => {
  expect(await resumed(NOW)).toEqual({ since: NOW, count: 0, heldAt: null, openUntil: NOW + 3_600_000 });
});

test('who resumes a pair that was paused by hand has accepted nothing', async () => {
  expect(await resumed(null)).toEqual({ ...BRAKE, heldAt: null });
});
