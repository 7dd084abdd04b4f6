import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany, type Asked } from './ask-store.ts';

/** How many others are asked for: one of them may have been deleted as well. */
const WITNESSES_MAX = 5;

/** A known root that the source says is gone. */
export type Missing = {
  readonly key: string;
  readonly root: RootKind;
  /** Since when it is linked. */
  readonly linkedAt: number;
  /** When an order was placed, as its counterpart tells; null: not known, or no order. */
  readonly placedAt: string | null;
};

/**
 * Keys of known roots whose absence proves nothing. A shop that was emptied, or whose tables are being restored, says not-found in
 * the platform's own words for everything, and an app whose rights are cut down says it of everything old; so a root is believed gone
 * only while another of its kind, known for at least as long and no younger, can be read.
 */
export async function doubtAbsence(
  deps: ApplierDeps,
  missing: readonly Missing[],
  call: ReadContext,
): Promise<ReadonlyMap<string, string>> {
  const doubted = new Map<string, string>();
  for (const root of ROOT_KINDS) {
    const gone = missing.filter((one) => one.root === root);
    if (gone.length === 0) continue;
    const witnesses = await readWitnesses(deps, root, new Set(gone.map(({ key }) => key)), call);
    for (const one of gone) {
      const known = witnesses.filter(({ at }) => at <= one.linkedAt);
      if (known.length === 0)
        doubted.set(one.key, `the source says that it is gone, and no other ${root} known for as long can be read`);
      else if (!known.some(({ stored }) => isNoYounger(stored, one)))
        doubted.set(one.key, `the source says that it is gone, and no other ${root} as old as this one can be read`);
    }
  }
  return doubted;
}

type Witness = { readonly at: number; readonly stored: StoredRoot };

/** The longest known of the others that can be read. */
async function readWitnesses(
  { facts, settings, source, sourceHealth }: ApplierDeps,
  root: RootKind,
  gone: ReadonlySet<string>,
  call: ReadContext,
): Promise<readonly Witness[]> {
  let oldest: { readonly id: string; readonly at: number }[] = [];
  for await (const { id, value } of facts.list(settings.name, 'link')) {
    if (!id.startsWith(`${root}:`) || gone.has(id)) continue;
    oldest = [...oldest, { id: id.slice(root.length + 1), at: value.at }]
      .toSorted((a, b) => a.at - b.at || byNumber(a.id, b.id))
      .slice(0, WITNESSES_MAX);
  }
  const answers = await askMany(
    oldest.map(({ id }) => ({ id })),
    (refs) => source.readRoots(root, refs, call),
    'source',
    sourceHealth,
  );
  return oldest.flatMap(({ at }, index) => {
    const stored = storedIn(answers[index]);
    return stored === null ? [] : [{ at, stored }];
  });
}

function storedIn(answer: Asked<StoredRoot | null> | undefined): StoredRoot | null {
  return answer?.kind === 'got' ? answer.value : null;
}

// Stores count up, so that a smaller number is an older one; only who is asked rests on it.
function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function isNoYounger(witness: StoredRoot, { placedAt }: Missing): boolean {
  if (placedAt === null || witness.root !== 'order') return true;
  return Date.parse(witness.order.placedAt) <= Date.parse(placedAt);
}
