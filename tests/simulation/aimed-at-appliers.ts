import type { Profile, SimRule } from './profile.ts';

/** Nothing befalls anybody but what a profile names. */
export const CALM = { reconciler: null, kills: 0, freezes: 0, flushes: 0, prompt: true } as const;

/** One product that the target refuses for a while, again and again, while news of it keeps coming. */
const REFUSED: Profile = {
  ...CALM,
  name: 'refused-for-a-while',
  changes: 100,
  hot: true,
  hotGapMs: 500,
  refusals: 3,
  targetWell: true,
  target: { late: 0, lost: 0, pause: 0 },
};

/** Faults aimed at the rules of epochs, attempts and gaps: see `AIMED`, of which they are part. */
export const AIMED_AT_APPLIERS: readonly { readonly rule: SimRule; readonly profile: Profile }[] = [
  {
    // What it had read is old by the time it is sent, and somebody else has written since.
    rule: 'epoch',
    profile: {
      ...CALM,
      name: 'news-given-to-another',
      changes: 14,
      appliers: 2,
      expiries: 3,
      expireBeforeBegin: 0.3,
      expireBeforeSend: 0.2,
      slowLog: 0.1,
      target: { late: 0.2, lost: 0.1, pause: 0.4 },
    },
  },
  {
    // Without it the log has lost news, and nobody looks for what it said.
    rule: 'gap-alarm',
    profile: {
      ...CALM,
      name: 'log-forgets',
      changes: 20,
      slowLog: 0.03,
      kills: 2,
      outages: 2,
      reconciler: { kills: 0, freezes: 0 },
      target: { late: 0.1, lost: 0.1, pause: 0 },
    },
  },
  { rule: 'tries-kept', profile: REFUSED },
  { rule: 'one-retry', profile: REFUSED },
  { rule: 'parked-one-try', profile: REFUSED },
  { rule: 'success-un-parks', profile: REFUSED },
  {
    // A call without an answer lands when the retry has long written something newer.
    rule: 'look-beside-retry',
    profile: {
      ...CALM,
      name: 'retries-before-landing',
      changes: 5,
      hot: true,
      targetWell: true,
      target: { late: 0.4, lost: 0.1, pause: 0 },
    },
  },
];
