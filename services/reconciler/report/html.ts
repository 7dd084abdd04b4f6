import type { Finding, RunResult } from '../finding.ts';
import type { Cause } from '../find-cause.ts';
import { CAUSE_WORDS, showExactTime, showTime, tellFinding, tellRun, type Clockwork } from './sentences.ts';
import { fieldWord } from './show-value.ts';

export type EarlierRun = { readonly at: number; readonly drift: number; readonly left: number };

/** The values are text; the strings between them are ours. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5d6775;--line:#d9dee6;--paper:#fff;--good:#1f7a4d;--bad:#b3361c}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf2;--soft:#a3adba;--line:#38414f;--paper:#161b22;--good:#5fc48f;--bad:#ff8a6b}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.1rem;margin-top:2rem}.soft{color:var(--soft)}
table{border-collapse:collapse}td,th{text-align:left;padding:.3rem 1.2rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right}details{border-bottom:1px solid var(--line);padding:.45rem 0}summary{cursor:pointer}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0 .5rem 1.2rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:34rem){dl{display:block;margin-left:.6rem}dd{margin-bottom:.35rem}svg{max-width:100%;height:auto}}
.repaired{color:var(--good)}.left{color:var(--bad)}.kept{color:var(--soft)}.tag{font-size:.85rem;font-weight:600;margin-right:.5rem}
svg rect{fill:var(--soft)}svg rect.left{fill:var(--bad)}svg text{fill:var(--soft);font-size:11px}
@media print{details{break-inside:avoid}}`;

/** Everything above the rows. */
export function htmlHead(run: RunResult, earlier: readonly EarlierRun[], clockwork: Clockwork): string {
  const title = `${run.pair}: comparison of ${showTime(run.startedAt, clockwork)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="soft">${escapeHtml(run.pair)}</p>
<h1>${escapeHtml(tellRun(run, clockwork))}</h1>
${underWay(run)}
${chart([...earlier, { at: run.startedAt, drift: run.drift, left: run.left }], clockwork)}
${counts(run)}
<h2>What was found</h2>
`;
}

function underWay({ underWay: many }: RunResult): string {
  if (many === 0) return '';
  return `<p>${String(many)} more changed only moments before and ${many === 1 ? 'was' : 'were'} on the way; they are not counted.</p>`;
}

/** Bars of the last runs, oldest left: the height is the drift found, the red part is what was left. */
export function chart(runs: readonly EarlierRun[], clockwork: Clockwork): string {
  if (runs.length < 2) return '';
  const most = Math.max(1, ...runs.map(({ drift }) => drift));
  const width = 22;
  const tall = (many: number) => Math.round((many / most) * 80);
  const bars = runs.map(({ at, drift, left }, index) => {
    const x = index * width;
    const [all, red] = [Math.max(1, tall(drift)), tall(left)];
    const told = `${showTime(at, clockwork)}: ${String(drift)} found, ${String(left)} left`;
    return `<g><title>${escapeHtml(told)}</title><rect x="${String(x)}" y="${String(84 - all)}" width="16" height="${String(all)}"/><rect class="left" x="${String(x)}" y="${String(84 - red)}" width="16" height="${String(red)}"/></g>`;
  });
  const last = runs.at(-1);
  const label = `Differences found in the last ${String(runs.length)} comparisons; the latest: ${String(last?.drift ?? 0)}`;
  const wide = Math.max(runs.length * width, 360);
  return `<h2>The last comparisons</h2>
<svg role="img" aria-label="${escapeHtml(label)}" width="${String(wide)}" height="102" viewBox="0 0 ${String(wide)} 102">
${bars.join('\n')}
<text x="0" y="98">most: ${String(most)}; red: left for a person</text></svg>`;
}

function counts(run: RunResult): string {
  if (run.findings === 0) return '';
  const byField = sorted(run.byField).map(([field, many]) => [fieldName(field), many] as const);
  const byCause = sorted(run.byCause).map(([cause, many]) => [CAUSE_WORDS[cause as Cause], many] as const);
  return `<h2>By field</h2>${table('Field', byField)}
<h2>By cause</h2>${table('Cause', byCause)}`;
}

function table(head: string, rows: readonly (readonly [string, number])[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(([name, many]) => `<tr><td>${escapeHtml(name)}</td><td class="n">${String(many)}</td></tr>`);
  return `<table><thead><tr><th scope="col">${head}</th><th scope="col" class="n">How many</th></tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

function fieldName(field: string): string {
  return field.includes('.') ? `${fieldWord(field)} (${field})` : `whole ${field}s`;
}

function sorted(counted: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(counted).toSorted(([, a], [, b]) => b - a);
}

const STATUS = { repaired: 'put right', left: 'left', kept: 'kept' } as const;

/** One finding: a sentence that unfolds to what an engineer asks. */
export function htmlRow(finding: Finding, clockwork: Clockwork): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Cause', `${CAUSE_WORDS[finding.cause]} (${finding.cause})`],
    ['Field', finding.field ?? 'the whole entity'],
    ['Old shop', finding.entity === finding.root ? finding.entity : `${finding.entity} in ${finding.root}`],
    ['New shop', finding.targetId ?? 'unknown'],
    ['Changed in the old shop', showExactTime(finding.sourceChangedAt, clockwork)],
    ['Last in step', finding.settledAt === null ? 'never by us' : showExactTime(finding.settledAt, clockwork)],
    [
      'Last news of it',
      finding.lastNewsAt === null ? 'none in the journal' : showExactTime(finding.lastNewsAt, clockwork),
    ],
    ['Found', showExactTime(finding.foundAt, clockwork)],
    ...(finding.message === null ? [] : [['What was said', finding.message] as const]),
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const tag = `<span class="tag ${finding.status}">${STATUS[finding.status]}</span>`;
  return `<details><summary>${tag}${escapeHtml(tellFinding(finding, clockwork))}</summary><dl>${list}</dl></details>\n`;
}

export function htmlEnd(shown: number, all: number, run: RunResult, clockwork: Clockwork): string {
  const rest =
    all > shown
      ? `<p>${String(all - shown)} more are in the CSV and JSON files beside this page.</p>`
      : all === 0
        ? '<p>Nothing.</p>'
        : '';
  return `${rest}
<p class="soft">Run ${escapeHtml(run.id)}. Times are of ${escapeHtml(clockwork.timezone)}. People are masked, and their
personal fields are left out.</p>
</main>
</body>
</html>
`;
}
