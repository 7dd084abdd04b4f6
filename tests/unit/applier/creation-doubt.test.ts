import { expect, test } from 'vitest';

import type { FactStore } from '#libs/facts/fact-store.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import type { ApplierDeps } from '../../../services/applier/applier-deps.ts';
import type { Batch } from '../../../services/applier/apply-batch.ts';
import { decideCreation } from '../../../services/applier/creation-doubt.ts';
import { aNews, aRead, groupOf, NOW, PAIR } from './inputs.ts';

const LANDING = 120_000;

function decide({ complete = true, until = null as number | null, inherited = false, tookOverAt = NOW } = {}) {
  const written: unknown[] = [];
  const facts: Pick<FactStore, 'ensureComplete' | 'put'> = {
    ensureComplete: async () => (complete ? 'complete' : 'incomplete'),
    put: async (values) => {
      written.push(...values.map(({ value }) => value));
      return 'written';
    },
  };
  const deps = { facts, clock: { ...systemClock, now: () => NOW }, settings: PAIR } as unknown as ApplierDeps;
  const epoch = { pair: 'acme', partition: 0, generation: 1, signal: new AbortController().signal };
  const batch: Batch = { epoch, works: [], tookOverAt, landingMs: LANDING };
  const creating = until === null ? null : { until, since: 0, key: 'product:1' };
  const read = aRead({ group: { ...groupOf(aNews()), inherited }, creating });
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
  expect((await decide({ inherited: true, tookOverAt: NOW - LANDING })).ending).toBeNull();
});
