import { AIMED_AT_APPLIERS, CALM } from './aimed-at-appliers.ts';
import type { Profile, SimRule } from './profile.ts';

/** A bit of everything. */
export const UNIFORM: Profile = {
  name: 'uniform',
  changes: 12,
  kills: 4,
  freezes: 2,
  flushes: 1,
  fallBacks: 1,
  slowLog: 0.03,
  target: { late: 0.15, lost: 0.1, pause: 0.1 },
  reconciler: { kills: 3, freezes: 1 },
  missed: 0.1,
  edits: 0.1,
};

/** Webhooks that never come, and the reconciler that finds what they would have said. */
export const MISSED: Profile = { ...UNIFORM, name: 'missed-webhooks', missed: 0.3, kills: 2 };

/** A state store that is flushed, and falls back to what a replica had some seconds ago, again and again. */
export const FALLEN: Profile = { ...UNIFORM, name: 'state-falls-back', flushes: 3, fallBacks: 6 };

/** Where a rule of the applier is tried, nobody else may repair what its absence breaks. */
const ALONE: Profile = { ...UNIFORM, reconciler: null, missed: 0, edits: 0 };

/**
 * A rule of who may write, and the faults that only it withstands: uniform faults would need thousands of seeds to miss it.
 * With the rule no seed fails; without it at least one in a hundred does.
 */
export const AIMED: readonly { readonly rule: SimRule | 'read-after-news'; readonly profile: Profile }[] = [
  {
    rule: 'look-after-lost-answer',
    profile: { ...CALM, name: 'lost-answers', changes: 10, target: { late: 0.6, lost: 0.1, pause: 0 } },
  },
  {
    rule: 'look-after-take-over',
    profile: {
      ...CALM,
      name: 'killed-while-sending',
      changes: 3,
      hot: true,
      killAfterSend: 0.5,
      target: { late: 0.8, lost: 0, pause: 0 },
    },
  },
  {
    // Without it nobody who takes over knows what was in work.
    rule: 'begin',
    profile: {
      ...CALM,
      name: 'killed-after-begin',
      changes: 3,
      hot: true,
      killAfterSend: 0.5,
      target: { late: 0.8, lost: 0, pause: 0 },
    },
  },
  {
    rule: 'outcome-before-settled',
    profile: { ...ALONE, name: 'killed-while-settling', kills: 8, freezes: 0, flushes: 0, fallBacks: 0 },
  },
  {
    rule: 'wait-before-creation',
    profile: {
      ...ALONE,
      name: 'creations-in-doubt',
      kills: 2,
      freezes: 0,
      flushes: 0,
      target: { late: 0.6, lost: 0.1, pause: 0 },
    },
  },
  {
    rule: 'send-deadline',
    profile: {
      ...CALM,
      name: 'frozen-before-sending',
      changes: 14,
      freezeBeforeSend: 0.3,
      target: { late: 0.3, lost: 0, pause: 0.5 },
    },
  },
  {
    // Without it a reconciler that comes back takes what its own question repaired for what was known before.
    rule: 'mark-before-asking',
    profile: {
      ...ALONE,
      name: 'killed-while-asking',
      kills: 0,
      freezes: 0,
      flushes: 0,
      fallBacks: 0,
      missed: 0.5,
      reconciler: { kills: 8, freezes: 0, often: true },
      target: { late: 0, lost: 0, pause: 0 },
    },
  },
  ...AIMED_AT_APPLIERS,
  {
    // Between two scans there is always something in flight: what they show is not what stands.
    rule: 'look-through-applier',
    profile: {
      ...CALM,
      name: 'compared-while-trading',
      changes: 12,
      hot: true,
      reconciler: { kills: 0, freezes: 0, often: true },
      target: { late: 0, lost: 0, pause: 0 },
    },
  },
  {
    // Two who compare at once go on with each other's comparison.
    rule: 'lease',
    profile: {
      ...ALONE,
      name: 'several-reconcilers',
      kills: 0,
      freezes: 0,
      flushes: 0,
      fallBacks: 0,
      missed: 0.5,
      reconciler: { kills: 1, freezes: 3, count: 2, often: true },
      target: { late: 0, lost: 0, pause: 0 },
    },
  },
  {
    // What the dead one had found and repaired is told by nobody.
    rule: 'resume',
    profile: {
      ...ALONE,
      name: 'killed-while-comparing',
      kills: 0,
      freezes: 0,
      flushes: 0,
      fallBacks: 0,
      missed: 0.5,
      reconciler: { kills: 8, freezes: 0, often: true },
      target: { late: 0, lost: 0, pause: 0 },
    },
  },
  { rule: 'selection', profile: { ...ALONE, name: 'edited-titles' } },
  {
    rule: 'read-after-news',
    profile: { ...ALONE, name: 'stale-reads', prompt: true, hot: true, kills: 0, freezes: 0, flushes: 0 },
  },
];
