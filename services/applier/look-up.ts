import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { matchRoot, naturalKeys } from '#libs/planning/match-root.ts';
import type { RootMatch } from '#libs/planning/plan-types.ts';
import { must } from '#libs/runtime/must.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany, type Asked } from './ask-store.ts';

/** What a look-up says of one root; a failed one says nothing, least of all that there is no counterpart. */
export type LookedUp =
  | { readonly kind: 'got'; readonly match: RootMatch }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Looks for the counterparts of roots that have no link: by source id, then by natural key. Null stays null. A root is told as
 * matched, or as new, only where every question about it was answered: a creation may follow from this.
 */
export async function lookUp(
  deps: ApplierDeps,
  roots: readonly (StoredRoot | null)[],
  call: ReadContext,
): Promise<readonly (LookedUp | null)[]> {
  const found = new Map<StoredRoot, LookedUp>();
  for (const kind of ROOT_KINDS) {
    const some = roots.filter((root): root is StoredRoot => root?.root === kind);
    if (some.length > 0) await lookUpKind(deps, kind, some, call, found);
  }
  return roots.map((root) => (root === null ? null : (found.get(root) ?? null)));
}

async function lookUpKind(
  deps: ApplierDeps,
  kind: RootKind,
  roots: readonly StoredRoot[],
  call: ReadContext,
  found: Map<StoredRoot, LookedUp>,
): Promise<void> {
  const stamped = await askMany(
    roots.map(({ id }) => id),
    (ids) => deps.target.findBySourceId(kind, ids, call),
    'target',
    deps.targetHealth,
  );
  const rest: StoredRoot[] = [];
  for (const [index, root] of roots.entries()) {
    const answer = must(stamped[index], 'an answer for each source id');
    if (answer.kind === 'failed') found.set(root, answer);
    else if (answer.value === null) rest.push(root);
    else found.set(root, { kind: 'got', match: matchRoot(root, { bySourceId: answer.value, byKey: new Map() }) });
  }
  const byKey = await askForKeys(deps, rest, call);
  for (const root of rest) found.set(root, matchByKey(root, byKey));
}

type KeyAnswer = { readonly targets: readonly StoredRoot[]; readonly sources: number };
type KeyAnswers = ReadonlyMap<string, Asked<KeyAnswer>>;

async function askForKeys(
  { source, target, sourceHealth, targetHealth }: ApplierDeps,
  roots: readonly StoredRoot[],
  call: ReadContext,
): Promise<KeyAnswers> {
  const [first] = roots;
  if (first === undefined) return new Map();
  const { key } = naturalKeys(first);
  const values = [...new Set(roots.flatMap((root) => naturalKeys(root).values))];
  const targets = await askMany(values, (some) => target.findByKey(key, some, call), 'target', targetHealth);
  const answers = new Map<string, Asked<KeyAnswer>>();
  const hits = new Map<string, readonly StoredRoot[]>();
  for (const [index, value] of values.entries()) {
    const answer = must(targets[index], 'an answer for each key');
    if (answer.kind === 'failed') answers.set(value, answer);
    else if (answer.value.length === 0) answers.set(value, { kind: 'got', value: { targets: [], sources: 0 } });
    else hits.set(value, answer.value);
  }
  // Uniqueness is asked of the source only for keys that hit something.
  const names = [...hits.keys()];
  const sources = await askMany(names, (some) => source.findByKey(key, some, call), 'source', sourceHealth);
  for (const [index, value] of names.entries()) {
    const answer = must(sources[index], 'an answer for each key');
    const known = { targets: hits.get(value) ?? [], sources: answer.kind === 'got' ? answer.value.length : 0 };
    answers.set(value, answer.kind === 'failed' ? answer : { kind: 'got', value: known });
  }
  return answers;
}

function matchByKey(root: StoredRoot, answers: KeyAnswers): LookedUp {
  const byKey = new Map<string, KeyAnswer>();
  for (const value of naturalKeys(root).values) {
    const answer = must(answers.get(value), 'an answer for each key');
    if (answer.kind === 'failed') return answer;
    byKey.set(value, answer.value);
  }
  return { kind: 'got', match: matchRoot(root, { bySourceId: null, byKey }) };
}
