import type { Mutation } from './mutation.ts';

const law = (n: number, words: string): string => `law ${String(n)}, ${words}`;

/** What policies may do: deletions that are followed, everything that is created. */
export const POLICY_MUTATIONS: readonly Mutation[] = [
  {
    id: 'younger-order-believed',
    breaks: law(11, 'a delete is believed only when asked for'),
    does: 'an old order is deleted although only younger ones can be read',
    file: 'services/applier/doubt-absence.ts',
    find: '!known.some(({ stored }) => isNoYounger(stored, one))',
    replace: 'known.length === 0',
    tests: { files: ['tests/laws/law-11-what-a-policy-does.test.ts'] },
  },
  {
    id: 'retirement-not-noted',
    breaks: law(11, 'a delete is believed only when asked for'),
    does: 'nobody notes what is about to be archived, so a call without an answer leaves it archived for good',
    file: 'services/applier/apply-batch.ts',
    find: '  await noteRetirements(deps, batch, planned);\n',
    replace: '',
    tests: { files: ['tests/laws/law-11-what-a-policy-does.test.ts'] },
  },
  {
    id: 'emptied-shop-followed',
    breaks: law(13, 'a collapsing source is not believed'),
    does: 'whatever the old shop deletes is archived or deleted at once, however much it is',
    file: 'services/applier/brake-retirements.ts',
    find: 'const brakes = !isOpen && counted.count > allowed;',
    replace: 'const brakes = !isOpen && counted.count > Number.MAX_SAFE_INTEGER;',
    tests: { files: ['tests/laws/law-11-what-a-policy-does.test.ts'] },
  },
  {
    id: 'open-census-approved',
    breaks: law(14, 'nothing before approval'),
    does: 'everything is created beside what nobody has linked',
    file: 'services/reconciler/approve-plan.ts',
    find: '  refuseOpenCensus(pair, plan);\n',
    replace: '',
    tests: { files: ['tests/unit/reconciler/build-plan.test.ts'] },
  },
];
