import { LAW_MUTATIONS } from './law-mutations.ts';
import type { Mutation } from './mutation.ts';
import { POLICY_MUTATIONS } from './policy-mutations.ts';
import { RULE_MUTATIONS } from './rule-mutations.ts';

/** All of them: laws first, then what policies may do, then the rules of who may write. */
export const MUTATIONS: readonly Mutation[] = [...LAW_MUTATIONS, ...POLICY_MUTATIONS, ...RULE_MUTATIONS];

/** What is quick enough for every commit. */
export const CI_MUTATIONS: readonly Mutation[] = MUTATIONS.filter(({ ci }) => ci === true);
