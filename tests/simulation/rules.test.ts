import { describe, expect, test } from 'vitest';

import { failures } from './failures.ts';
import type { Profile } from './profile.ts';
import { AIMED, FALLEN, MISSED, UNIFORM } from './profiles.ts';
import { simulate } from './simulate.ts';

const AIMED_SEEDS = 100;
/** On a machine that does nothing else each takes a few seconds. */
const PATIENCE_MS = 600_000;

/** Each profile once, with the names of all rules that it is aimed at. */
function aimedProfiles(): readonly { readonly rules: string; readonly profile: Profile }[] {
  const aimed = AIMED.filter(({ rule }) => rule !== 'read-after-news');
  return [...Map.groupBy(aimed, ({ profile }) => profile).entries()].map(([profile, members]) => ({
    rules: members.map(({ rule }) => rule).join(', '),
    profile,
  }));
}

describe('the target converges and keeps its own fields', () => {
  test.each(aimedProfiles())(
    'in histories aimed at the rule $rules',
    async ({ profile }) => {
      expect(await failures(profile, { to: AIMED_SEEDS })).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'in histories in which the state store forgets, again and again',
    async () => {
      expect(await failures(FALLEN, { to: AIMED_SEEDS })).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('what webhooks missed is found, named and repaired', () => {
  test(
    'in histories in which three of ten webhooks never come',
    async () => {
      const causes = new Set<string>();

      const failed = await failures(MISSED, { to: AIMED_SEEDS }, (history) => {
        for (const cause of Object.keys(history.causes)) causes.add(cause);
      });

      expect(failed).toEqual([]);
      // There was something to find, of each kind that the histories hold.
      for (const cause of ['missed-webhook', 'silent-at-source', 'target-edited', 'new-at-source', 'failed-apply'])
        expect([...causes]).toContain(cause);
    },
    PATIENCE_MS,
  );
});

describe('each rule carries weight', () => {
  test.each(AIMED)(
    'without $rule histories of its profile fail',
    async ({ rule, profile }) => {
      const broken: Profile = rule === 'read-after-news' ? { ...profile, readBeforeNews: true } : profile;
      const without = new Set(rule === 'read-after-news' ? [] : [rule]);
      let failed = 0;
      for (let seed = 1; seed <= AIMED_SEEDS && failed === 0; seed++)
        if ((await simulate(seed, broken, without)).wrong.length > 0) failed++;

      expect(failed).toBe(1);
    },
    PATIENCE_MS,
  );

  test(
    'and reading after the news lets none of the same histories fail',
    async () => {
      const aimed = AIMED.filter(({ rule }) => rule === 'read-after-news');

      for (const { profile } of aimed) expect(await failures(profile, { to: AIMED_SEEDS })).toEqual([]);
    },
    PATIENCE_MS,
  );
});

test(
  'one seed is one history',
  async () => {
    const [first, second] = [await simulate(7, UNIFORM), await simulate(7, UNIFORM)];

    expect(first.trace.length).toBeGreaterThan(0);
    expect(first).toEqual(second);
  },
  PATIENCE_MS,
);
