import type { Link } from '#libs/facts/fact-kinds.ts';
import { ROOT_KINDS, type RootKind } from '#libs/model/stored.ts';
import type { PlannedLine } from './plan-joined.ts';

/** What both shops hold of one kind, and how far it is known what is what. */
export type CensusOfKind = {
  /** How many the old shop has, without what the scope leaves out. */
  readonly of: number;
  /** Linked already, or linked once the plan is approved, by how it was recognised. */
  readonly linked: Readonly<Partial<Record<Link['by'], number>>>;
  readonly onlyOld: number;
  readonly ambiguous: number;
  /** Of a kind that is not carried (bundles, subscriptions). */
  readonly unsupported: number;
  readonly ignored: number;
};
export type Census = Readonly<Partial<Record<RootKind, CensusOfKind>>>;

type Count = { -readonly [K in keyof CensusOfKind]: CensusOfKind[K] } & { linked: Partial<Record<Link['by'], number>> };

/** Counts joined lines as they come by; `linkedBy` tells how a linked root was recognised. */
export function tallyCensus(linkedBy: (root: RootKind, sourceId: string) => Link['by'] | null) {
  const counts = new Map<RootKind, Count>();
  const of = (root: RootKind): Count => {
    const known = counts.get(root) ?? { of: 0, linked: {}, onlyOld: 0, ambiguous: 0, unsupported: 0, ignored: 0 };
    counts.set(root, known);
    return known;
  };
  return {
    add({ source, plan, match, ignored }: Pick<PlannedLine, 'source' | 'plan' | 'match' | 'ignored'>): void {
      if (source === null || plan === null) return;
      const count = of(source.root);
      const { decision } = plan;
      if (ignored) count.ignored += 1;
      else if (decision.kind === 'skip' && decision.reason === 'out-of-scope') return;
      else if (decision.kind === 'park' && decision.reason === 'unsupported') count.unsupported += 1;
      else {
        const by = linkedBy(source.root, source.id) ?? (match?.kind === 'one' ? match.by : null);
        if (by !== null) count.linked[by] = (count.linked[by] ?? 0) + 1;
        else if (match?.kind === 'ambiguous') count.ambiguous += 1;
        else count.onlyOld += 1;
      }
      count.of += 1;
    },
    result: (): Census =>
      Object.fromEntries(ROOT_KINDS.flatMap((root) => (counts.has(root) ? [[root, of(root)]] : []))),
  };
}
