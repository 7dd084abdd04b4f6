import type { Profile, SimRule } from './profile.ts';

/** Nothing befalls anybody but what a profile names. */
export const CALM = { reconciler: null, kills: 0, freezes: 0, flushes: 0, prompt: true } as const;

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
];
