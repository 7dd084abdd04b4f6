import { holds, type Bound, type Ratio } from './ratio.ts';

const HEADINGS = ['', 'what', 'came out', 'line', 'holds', 'stretch', 'holds', 'pairs', 'lowest … highest'];

/** The table, as Markdown, with what stands behind each figure below it. */
export function showRatios(rows: readonly Ratio[]): string {
  const lines = rows.map((row) => {
    const { id, what, ratio, line, stretch, pairs, spread, unit } = row;
    return `| ${[id, `${what} (${unit})`, figure(ratio), bound(line), yes(ratio, line), bound(stretch), yes(ratio, stretch), String(pairs), spread.map(figure).join(' … ')].join(' | ')} |`;
  });
  const notes = rows.map(
    ({ id, notes: of }) =>
      `${id}: ${Object.entries(of)
        .map(([what, value]) => `${what} ${String(value)}`)
        .join(', ')}`,
  );
  return [`| ${HEADINGS.join(' | ')} |`, `|${' --- |'.repeat(HEADINGS.length)}`, ...lines, '', ...notes].join('\n');
}

function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function bound(one: Bound | null): string {
  return one === null ? '' : `${one.is === 'at most' ? '≤' : '≥'} ${String(one.value)}`;
}

function yes(ratio: number, one: Bound | null): string {
  const held = holds(ratio, one);
  return held === null ? '' : held ? 'yes' : '**no**';
}
