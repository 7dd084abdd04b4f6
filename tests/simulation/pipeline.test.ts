import { describe, expect, test } from 'vitest';

import { AIMED, MISSED, UNIFORM } from './profiles.ts';
import { simulate, type Profile } from './simulate.ts';

const SEEDS = Number(process.env['SIM_SEEDS'] ?? 1_000);
const AIMED_SEEDS = 100;

/** The first failing seeds with the command that replays each. */
async function failures(profile: Profile, seeds: number, without = new Set<never>()): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let seed = 1; seed <= seeds && failed.length < 3; seed++) {
    const { wrong } = await simulate(seed, profile, without);
    if (wrong.length > 0)
      failed.push(`npm run simulate -- --profile ${profile.name} --seed ${String(seed)}: ${wrong.join('; ')}`);
  }
  return failed;
}

describe('the target converges and keeps its own fields', () => {
  test(`in ${String(SEEDS)} histories of every kind of fault`, async () => {
    expect(await failures(UNIFORM, SEEDS)).toEqual([]);
  }, 240_000);

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
