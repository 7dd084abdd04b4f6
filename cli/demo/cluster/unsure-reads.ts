import type { Ledger, ReadRecord } from '../../../simulators/core/ledger.ts';

/**
 * Reads by a process that was thawed and has not heard yet that its work was taken over: it reads for what others have done since,
 * and writes nothing.
 */
export type UnsureReads = {
  /** They begin now, made with this key; the answer ends them. */
  readonly begin: (key: string) => () => void;
  readonly has: (read: ReadRecord, index: number) => boolean;
};

export function createUnsureReads({ reads }: Pick<Ledger, 'reads'>): UnsureReads {
  const spans: { readonly key: string; readonly from: number; to: number }[] = [];
  return {
    begin(key) {
      const span = { key, from: reads.length, to: Number.POSITIVE_INFINITY };
      spans.push(span);
      return () => {
        span.to = reads.length;
      };
    },
    has: ({ by }, index) => spans.some(({ key, from, to }) => by === key && index >= from && index < to),
  };
}
