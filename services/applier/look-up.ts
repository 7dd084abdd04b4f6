import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { matchRoot, naturalKeys } from '#libs/planning/match-root.ts';
import type { RootMatch } from '#libs/planning/plan-types.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany } from './ask-store.ts';

/** Looks for the counterparts of roots that have no link: by source id, then by natural key. Null stays null. */
export async function lookUp(
  deps: ApplierDeps,
  roots: readonly (StoredRoot | null)[],
  call: ReadContext,
): Promise<readonly (RootMatch | null)[]> {
  const found = new Map<StoredRoot, RootMatch>();
  for (const kind of ROOT_KINDS) {
    const some = roots.filter((root): root is StoredRoot => root?.root === kind);
    if (some.length > 0) await lookUpKind(deps, kind, some, call, found);
  }
  return roots.map((root) => (root === null ? null : (found.get(root) ?? null)));
}

async function lookUpKind(
  { source, target, sourceHealth, targetHealth }: ApplierDeps,
  kind: RootKind,
  roots: readonly StoredRoot[],
  call: ReadContext,
  found: Map<StoredRoot, RootMatch>,
): Promise<void> {
  const stamped = await askMany(
    roots.map(({ id }) => id),
    (ids) => target.findBySourceId(kind, ids, call),
    'target',
    targetHealth,
  );
  const rest = roots.filter((_, index) => {
    const answer = stamped[index];
    return answer?.kind !== 'got' || answer.value === null;
  });
  const values = [...new Set(rest.flatMap((root) => naturalKeys(root).values))];
  const key = roots[0] === undefined ? null : naturalKeys(roots[0]).key;
  const targets =
    key === null ? [] : await askMany(values, (some) => target.findByKey(key, some, call), 'target', targetHealth);
  // Uniqueness is asked of the source only for keys that hit something.
  const hits = values.filter((_, index) => gotSome(targets[index]));
  const sources =
    key === null ? [] : await askMany(hits, (some) => source.findByKey(key, some, call), 'source', sourceHealth);

  for (const [index, root] of roots.entries()) {
    const answer = stamped[index];
    const byKey = new Map(
      naturalKeys(root).values.map((value) => {
        const at = targets[values.indexOf(value)];
        const own = sources[hits.indexOf(value)];
        return [
          value,
          { targets: at?.kind === 'got' ? at.value : [], sources: own?.kind === 'got' ? own.value.length : 0 },
        ] as const;
      }),
    );
    found.set(root, matchRoot(root, { bySourceId: answer?.kind === 'got' ? answer.value : null, byKey }));
  }
}

function gotSome(answer: { readonly kind: string; readonly value?: readonly unknown[] } | undefined): boolean {
  return answer?.kind === 'got' && (answer.value?.length ?? 0) > 0;
}
