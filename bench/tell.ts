import type { Ratio } from './ratio.ts';

/** Begins the line on which a bench hands its rows to the process that started it. */
export const MARK = 'bench-rows ';

/** Hands rows over. */
export function tell(rows: readonly Ratio[]): void {
  process.stdout.write(`${MARK}${JSON.stringify(rows)}\n`);
}

/** The rows in what a bench wrote; null: it handed none over. */
export function heard(written: string): readonly Ratio[] | null {
  const line = written.split('\n').findLast((one) => one.startsWith(MARK));
  return line === undefined ? null : (JSON.parse(line.slice(MARK.length)) as readonly Ratio[]);
}
