import type { RootKind } from '#libs/model/stored.ts';
import type { Pace, Scanned } from './rolling-scan.ts';

export type KindToScan = {
  readonly root: RootKind;
  /** How many there are; null: the store does not say. */
  readonly count: number | null;
  /** What an earlier round has shown; null: nothing yet. */
  readonly scanned: Scanned | null;
};

/** How long the rolling scan takes to have seen everything once, milliseconds; null where nothing tells. Pure. */
export function estimateRoundMs(
  kinds: readonly KindToScan[],
  {
    share,
    perSecond,
    pageSize,
    now,
  }: Pick<Pace, 'share' | 'perSecond'> & { readonly pageSize: number; readonly now: number },
): number | null {
  if (share <= 0) return null;
  let sum = 0;
  for (const { count, scanned } of kinds) {
    const of = count ?? scanned?.of ?? null;
    const measured = measuredMs(scanned, of, now);
    if (measured === null && of === null) return null;
    // Not begun yet: a call a page is the least that it costs.
    sum += measured ?? (Math.ceil((of ?? 0) / pageSize) / (share * perSecond)) * 1_000;
  }
  return sum;
}

function measuredMs(scanned: Scanned | null, of: number | null, now: number): number | null {
  if (scanned === null) return null;
  if (scanned.cursor === null || scanned.seen === 0 || of === null) return scanned.roundMs;
  return ((now - scanned.startedAt) / scanned.seen) * Math.max(of, scanned.seen);
}
