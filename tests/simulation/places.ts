const LOG = ['log.publish', 'log.appendFacts', 'log.readFacts'];
const STATE = [
  'state.facts.get',
  'state.facts.list',
  'state.facts.put',
  'state.facts.completeTo',
  'state.facts.beginFill',
  'state.facts.setCompleteTo',
  'state.lease',
  'state.release',
];
const APPLIER = [
  ...LOG,
  ...STATE,
  'log.consume',
  'log.begin',
  'log.settle',
  'log.appendJournal',
  'source.readRoots',
  'source.findByKey',
  'target.readRoots',
  'target.findBySourceId',
  'target.findByKey',
  'target.prepare',
  'target.write',
  'target.create',
];

const RECONCILER = [
  ...LOG,
  ...STATE,
  'log.readJournal',
  'log.ends',
  'source.scan',
  'source.scanChanged',
  'source.storeTime',
  'source.count',
  'target.scan',
  'target.count',
];

const sides = (calls: readonly string[]): readonly string[] =>
  calls.flatMap((call) => [`${call} before`, `${call} after`]);

/** Every place in which a process of this role can be killed or frozen: both sides of each call that it makes. */
export const PLACES = {
  applier: ['clock.wake', ...sides(APPLIER)],
  reconciler: ['clock.wake', ...sides(RECONCILER)],
} as const;
export type Role = keyof typeof PLACES;
