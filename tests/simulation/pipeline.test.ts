import { describe, expect, test } from 'vitest';

import { AIMED, FALLEN, MISSED, UNIFORM } from './profiles.ts';
import type { Profile } from './profile.ts';
import { simulate, type History } from './simulate.ts';

const SEEDS = Number(process.env['SIM_SEEDS'] ?? 1_000);
const AIMED_SEEDS = 100;

/** The first failing seeds with the command that replays each. */
async function failures(
  profile: Profile,
  seeds: number,
  onHistory: (history: History) => void = () => {},
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let seed = 1; seed <= seeds && failed.length < 3; seed++) {
    const history = await simulate(seed, profile);
    onHistory(history);
    const { wrong } = history;
    if (wrong.length > 0)
      failed.push(`npm run simulate -- --profile ${profile.name} --seed ${String(seed)}: ${wrong.join('; ')}`);
  }
  return failed;
}

describe('the target converges and keeps its own fields', () => {
  test(`in ${String(SEEDS)} histories of every kind of fault, each call having been the last of a process`, async () => {
    const [passed, deaths] = [new Set<string>(), new Set<string>()];
    const note = (history: History) => {
      for (const place of history.passed) passed.add(place);
      for (const place of history.deaths) deaths.add(place);
    };

    expect(await failures(UNIFORM, SEEDS, note)).toEqual([]);
    // Few histories cannot die everywhere: then this is asked of the full dose only.
    if (SEEDS >= 1_000) expect(passed.difference(deaths)).toEqual(new Set());
  }, 240_000);

  test(`in ${String(AIMED_SEEDS)} histories in which the state store forgets`, async () => {
    expect(await failures(FALLEN, AIMED_SEEDS)).toEqual([]);
  }, 60_000);

  test.each(AIMED.filter(({ rule }) => rule !== 'read-after-news'))(
    'in histories aimed at the rule $rule',
    async ({ profile }) => {
      expect(await failures(profile, AIMED_SEEDS)).toEqual([]);
    },
    60_000,
  );
});

describe('what webhooks missed is found and repaired', () => {
  test('in 300 histories in which three of ten webhooks never come', async () => {
    expect(await failures(MISSED, 300)).toEqual([]);
  }, 120_000);

  test('by the comparison: there was something to find', async () => {
    const { trace } = await simulate(1, MISSED);

    expect(trace.find((line) => line.includes('compared:'))).toMatch(/compared: [1-9]\d* found, 0 left/);
  });
});

describe('each rule carries weight', () => {
  test.each(AIMED)(
    'without $rule histories of its profile fail',
    async ({ rule, profile }) => {
      const broken: Profile = rule === 'read-after-news' ? { ...profile, readBeforeNews: true } : profile;
      const without = new Set(rule === 'read-after-news' ? [] : [rule]);
      let failed = 0;
      for (let seed = 1; seed <= 3 * AIMED_SEEDS && failed === 0; seed++)
        if ((await simulate(seed, broken, without)).wrong.length > 0) failed++;

      expect(failed).toBe(1);
    },
    60_000,
  );

  test('and reading after the news lets none of the same histories fail', async () => {
    const aimed = AIMED.filter(({ rule }) => rule === 'read-after-news');

    for (const { profile } of aimed) expect(await failures(profile, AIMED_SEEDS)).toEqual([]);
  }, 60_000);
});

test('one seed is one history', async () => {
  const [first, second] = [await simulate(7, UNIFORM), await simulate(7, UNIFORM)];

  expect(first.trace.length).toBeGreaterThan(0);
  expect(first).toEqual(second);
});
