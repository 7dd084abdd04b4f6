import { expect, test } from 'vitest';

import type { FactStore } from '#libs/facts/fact-store.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import type { ApplierDeps } from '../../../services/applier/applier-deps.ts';
import type { Batch } from '../../../services/applier/apply-batch.ts';
import { decideCreation } from '../../../services/applier/creation-doubt.ts';
import { aNews, aRead, groupOf, NOW, PAIR } from './inputs.ts';

const LANDING = 120_000;

const LINK = { targetId: '9', by: 'source-id', at: NOW } as const;

function decide({
  complete = true,
  until = null as number | null,
  wasRead = true,
  linked = false,
  inherited = false,
  sentUntil = NOW,
  lookedAt = NOW,
} = {}) {
  const written: unknown[] = [];
  const doubt = (time: number | null) => (time === null ? null : { until: time, since: 0, key: 'product:1' });
  const facts = {
    ensureComplete: async () => (complete ? 'complete' : 'incomplete'),
    get: async (_pair, kind) => (kind === 'creating' ? doubt(until) : linked ? LINK : null),
    put: async (values) => {
      written.push(...values.map(({ value }) => value));
      return 'written';
    },
  } as Pick<FactStore, 'ensureComplete' | 'get' | 'put'>;
  const deps = { facts, clock: { ...systemClock, now: () => NOW }, settings: PAIR } as unknown as ApplierDeps;
  const epoch = { pair: 'acme', partition: 0, generation: 1, signal: new AbortController().signal };
  const batch: Batch = { epoch, works: [], sentUntil, begun: null, landingMs: LANDING, onSend: () => undefined };
  const read = aRead({ group: { ...groupOf(aNews()), inherited }, creating: wasRead ? doubt(until) : null, lookedAt });
  return decideCreation(deps, batch, read).then((ending) => ({ ending, written }));
}

test('creates where nothing is in doubt, and where the doubt has passed', async () => {
  expect((await decide()).ending).toBeNull();
  expect((await decide({ until: NOW })).ending).toBeNull();
});

test('creates nothing while the copies of facts may lack a link', async () => {
  expect((await decide({ complete: false })).ending).toMatchObject({ kind: 'later', reason: 'facts-incomplete' });
});

test('waits until an earlier creation must have landed', async () => {
  expect((await decide({ until: NOW + 5 })).ending).toEqual({ kind: 'later', afterMs: 6, reason: 'creation-in-doubt' });
});

test('waits landing after a take-over, and writes the doubt down', async () => {
  const { ending, written } = await decide({ inherited: true });

  expect(ending).toEqual({ kind: 'later', afterMs: LANDING + 1, reason: 'creation-in-doubt' });
  expect(written).toEqual([expect.objectContaining({ until: NOW + LANDING })]);
});

test('an older doubt does not end that of the take-over, nor a long past take-over begin one', async () => {
  expect((await decide({ inherited: true, until: NOW - 1 })).ending).toMatchObject({ afterMs: LANDING + 1 });
  expect((await decide({ inherited: true, sentUntil: NOW - LANDING })).ending).toBeNull();
});

test('a look-up that began before the doubt had passed proves nothing, however late it is by now', async () => {
  const late = await decide({ until: NOW - 5, lookedAt: NOW - 10 });
  const takenOver = await decide({ inherited: true, sentUntil: NOW - LANDING - 5, lookedAt: NOW - 10 });

  expect(late.ending).toEqual({ kind: 'later', afterMs: 1, reason: 'creation-in-doubt' });
  expect(takenOver.ending).toEqual({ kind: 'later', afterMs: 1, reason: 'creation-in-doubt' });
});

test('a doubt that the copies did not hold when the root was read counts', async () => {
  const { ending } = await decide({ wasRead: false, until: NOW + 5 });

  expect(ending).toEqual({ kind: 'later', afterMs: 6, reason: 'creation-in-doubt' });
});

test('a link that the copies did not hold when the root was read ends in another read', async () => {
  expect((await decide({ linked: true })).ending).toBe('again');
});
