/** Which offsets of a partition are settled: only the contiguous prefix may be committed (protocol.md, "Settled"). */
export type SettledPrefix = {
  /** The first offset that is not settled: what is committed. */
  readonly committed: () => number;
  readonly settle: (offsets: readonly number[]) => void;
  /** Offsets below this are gone from the log: nobody can settle them any more. */
  readonly skipTo: (offset: number) => void;
};

/** Starts at the first offset that is not settled. */
export function createSettledPrefix(first: number): SettledPrefix {
  let committed = first;
  const ahead = new Set<number>();

  function advance(): void {
    while (ahead.delete(committed)) committed += 1;
  }

  return {
    committed: () => committed,
    settle(offsets) {
      for (const offset of offsets) if (offset >= committed) ahead.add(offset);
      advance();
    },
    skipTo(offset) {
      if (offset <= committed) return;
      for (const settled of ahead) if (settled < offset) ahead.delete(settled);
      committed = offset;
      advance();
    },
  };
}

/** Whether something that was begun may still be in work, given the first offset that is not settled. */
export function isInWork(begun: number | null, committed: number): begun is number {
  return begun !== null && begun >= committed;
}
