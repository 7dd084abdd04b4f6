/** One row of the table: something of ours against something plain, in the same run. */
export type Ratio = {
  readonly id: string;
  readonly what: string;
  /** Median over the pairs. */
  readonly ratio: number;
  /** What it is a ratio of; `s`: no ratio, but seconds. */
  readonly unit: 'cpu' | 'wall' | 'calls' | 'rss' | 's';
  readonly line: Bound | null;
  readonly stretch: Bound | null;
  /** How many pairs were measured. */
  readonly pairs: number;
  /** Lowest and highest of the pairs. */
  readonly spread: readonly [number, number];
  readonly notes: Readonly<Record<string, number | string>>;
};

export type Bound = { readonly is: 'at most' | 'at least'; readonly value: number };

/** What one measured run took. Seconds. */
export type Cost = { readonly wallS: number; readonly cpuS: number };

export const atMost = (value: number): Bound => ({ is: 'at most', value });
export const atLeast = (value: number): Bound => ({ is: 'at least', value });

export function holds(ratio: number, bound: Bound | null): boolean | null {
  if (bound === null) return null;
  return bound.is === 'at most' ? ratio <= bound.value : ratio >= bound.value;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

export function spreadOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Puts the figures of all pairs into a row. */
export function ratioOf(row: Omit<Ratio, 'ratio' | 'pairs' | 'spread'>, values: readonly number[]): Ratio {
  return { ...row, ratio: median(values), pairs: values.length, spread: spreadOf(values) };
}

/** Measures this process over a piece of work. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallS: (performance.now() - started) / 1_000, cpuS: (user + system) / 1e6 };
}

/**
 * Runs contestants side by side, `pairs` times after one run that does not count. Who begins changes with every pair, so that what
 * else the machine does meets all of them alike.
 */
export async function interleave<K extends string, T>(
  pairs: number,
  contestants: Readonly<Record<K, (round: number) => Promise<T>>>,
): Promise<readonly Readonly<Record<K, T>>[]> {
  const names = Object.keys(contestants) as K[];
  const measured: Record<K, T>[] = [];
  for (let round = 0; round <= pairs; round++) {
    const shift = round % names.length;
    const results = {} as Record<K, T>;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)])
      results[name] = await contestants[name](round);
    if (round > 0) measured.push(results);
  }
  return measured;
}
