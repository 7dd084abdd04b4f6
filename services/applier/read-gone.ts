import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import type { RootLinks } from '#libs/planning/plan-types.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany, type Asked } from './ask-store.ts';
import type { Group } from './coalesce.ts';
import { doubtAbsence } from './doubt-absence.ts';

/** What is known of a root that the source no longer has. */
export type Gone = {
  readonly links: RootLinks;
  /** Its counterpart, where a policy may do something to it; null: none was read. */
  readonly target: Asked<StoredRoot | null> | null;
  /** Why its absence proves nothing; null: it is believed. */
  readonly doubt: string | null;
};

const UNKNOWN: Gone = { links: new Map(), target: null, doubt: null };

/** Reads what deciding about absent roots takes: links, counterparts, and whether the absence is to be believed. By key. */
export async function readGone(
  deps: ApplierDeps,
  absent: readonly Pick<Group, 'root' | 'key'>[],
  call: ReadContext,
): Promise<ReadonlyMap<string, Gone>> {
  if (absent.length === 0) return new Map();
  const { facts, settings } = deps;
  const found = await facts.getMany(
    settings.name,
    'link',
    absent.map(({ key }) => key),
  );
  const known = absent.flatMap(({ root, key }, index) => {
    const link = found[index] ?? null;
    return link === null ? [] : [{ root, key, link }];
  });
  const targets = await readCounterparts(deps, known, call);
  const doubted = await doubtAbsence(
    deps,
    known.map(({ root, key, link }) => ({ root, key, linkedAt: link.at, placedAt: placedAt(targets.get(key)) })),
    call,
  );
  const gone = new Map<string, Gone>(absent.map(({ key }) => [key, UNKNOWN]));
  for (const { key, link } of known)
    gone.set(key, {
      links: new Map([[key, link]]),
      target: targets.get(key) ?? null,
      doubt: doubted.get(key) ?? null,
    });
  return gone;
}

type Known = Pick<Group, 'root' | 'key'> & { readonly link: Link };

async function readCounterparts(
  { settings, target, targetHealth }: ApplierDeps,
  known: readonly Known[],
  call: ReadContext,
): Promise<ReadonlyMap<string, Asked<StoredRoot | null>>> {
  const targets = new Map<string, Asked<StoredRoot | null>>();
  for (const root of ROOT_KINDS) {
    const some = settings.delete[root] === 'keep' ? [] : known.filter((one) => one.root === root);
    const answers = await askMany(
      some.map(({ link }) => ({ id: link.targetId })),
      (refs) => target.readRoots(root, refs, call),
      'target',
      targetHealth,
    );
    for (const [index, { key }] of some.entries()) {
      const answer = answers[index];
      if (answer !== undefined) targets.set(key, answer);
    }
  }
  return targets;
}

// A carried order keeps the day on which it was placed.
function placedAt(answer: Asked<StoredRoot | null> | undefined): string | null {
  return answer?.kind === 'got' && answer.value?.root === 'order' ? answer.value.order.placedAt : null;
}
