import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany, type Asked } from './ask-store.ts';
import type { Group } from './coalesce.ts';

/** How many others are asked for: one of them may have been deleted as well. */
const WITNESSES_MAX = 5;

/**
 * Keys of known roots whose absence proves nothing. A shop that was emptied, or whose tables are being restored, says not-found in
 * the platform's own words for everything; so a root is believed gone only while another of its kind, known for at least as long,
 * can be read.
 */
export async function doubtAbsence(
  deps: ApplierDeps,
  missing: readonly Pick<Group, 'root' | 'key'>[],
  call: ReadContext,
): Promise<ReadonlyMap<string, string>> {
  const doubted = new Map<string, string>();
  if (missing.length === 0) return doubted;
  const links = await deps.facts.getMany(
    deps.settings.name,
    'link',
    missing.map(({ key }) => key),
  );
  for (const root of ROOT_KINDS) {
    const gone = missing.flatMap(({ root: kind, key }, index) => {
      const link = links[index] ?? null;
      return kind === root && link !== null ? [{ key, at: link.at }] : [];
    });
    if (gone.length === 0) continue;
    const since = await knownSince(deps, root, new Set(gone.map(({ key }) => key)), call);
    for (const { key, at } of gone)
      if (since === null || since > at)
        doubted.set(key, `the source says that it is gone, and no other ${root} known for as long can be read`);
  }
  return doubted;
}

/** Since when the longest known of the others that can be read is known; null: none can be read. */
async function knownSince(
  { facts, settings, source, sourceHealth }: ApplierDeps,
  root: RootKind,
  gone: ReadonlySet<string>,
  call: ReadContext,
): Promise<number | null> {
  let oldest: { readonly id: string; readonly at: number }[] = [];
  for await (const { id, value } of facts.list(settings.name, 'link')) {
    if (!id.startsWith(`${root}:`) || gone.has(id)) continue;
    oldest = [...oldest, { id: id.slice(root.length + 1), at: value.at }]
      .toSorted((a, b) => a.at - b.at)
      .slice(0, WITNESSES_MAX);
  }
  const answers = await askMany(
    oldest.map(({ id }) => ({ id })),
    (refs) => source.readRoots(root, refs, call),
    'source',
    sourceHealth,
  );
  const readable = oldest.filter((_, index) => isThere(answers[index]));
  return readable[0]?.at ?? null;
}

function isThere(answer: Asked<unknown> | undefined): boolean {
  return answer?.kind === 'got' && answer.value !== null;
}
