import type { Cause } from '../find-cause.ts';
import type { Finding, RunResult } from '../finding.ts';
import { fieldWord, showValue } from './show-value.ts';

/** Short names of causes, for counts and tables. */
export const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  'missed-webhook': 'webhook never came',
  'missed-by-sweep': 'no sweep found it',
  'late-webhook': 'webhook came late',
  'silent-at-source': 'changed without a trace in the old shop',
  'failed-apply': 'could not be written',
  'target-edited': 'edited in the new shop',
  'before-approval': 'differed before approval',
  'new-at-source': 'new in the old shop',
  unlinked: 'no counterpart known',
  ambiguous: 'several counterparts possible',
  'unmapped-value': 'value has no mapping',
  'deleted-at-source': 'deleted in the old shop',
  'back-at-source': 'back in the old shop',
  'only-on-target': 'only in the new shop',
  inherited: 'kept since approval',
  held: 'on hold',
  normalised: 'same value in the new shop’s own form',
  'under-way': 'on its way',
  inconclusive: 'cannot tell',
};

const BECAUSE: Readonly<Record<Cause, string>> = {
  'missed-webhook': 'The old shop never told us',
  'missed-by-sweep': 'No sweep had found it (webhooks are off)',
  'late-webhook': 'The old shop told us too late',
  'silent-at-source': 'It was changed in the old shop in a way that left no trace there',
  'failed-apply': 'We knew of it, but the new shop did not take it',
  'target-edited': 'Somebody changed it in the new shop',
  'before-approval': 'It differed already before the plan was approved',
  'new-at-source': 'It is new in the old shop',
  unlinked: 'We do not know what it is called in the new shop',
  ambiguous: 'Several things in the new shop could be it, and we do not guess',
  'unmapped-value': 'The settings do not say what this value means in the new shop',
  'deleted-at-source': 'It was deleted in the old shop',
  'back-at-source': 'It is back in the old shop, and had been archived in the new one',
  'only-on-target': 'It exists in the new shop only; we leave it alone',
  inherited: 'It differed already when the plan was approved, and is kept as it is',
  held: 'Writing it is on hold',
  normalised: 'The new shop holds the same in its own form',
  'under-way': 'It changed only moments ago',
  inconclusive: 'We cannot tell why',
};

/** What is said of a whole entity; anything else is said of it in general. */
const WHOLE: Readonly<Partial<Record<Cause, string>>> = {
  'new-at-source': 'was missing in the new shop',
  'under-way': 'was not in the new shop yet',
  unlinked: 'has no known counterpart in the new shop',
  ambiguous: 'has no certain counterpart in the new shop',
  'only-on-target': 'has no counterpart in the old shop',
  'deleted-at-source': 'is gone from the old shop',
  'back-at-source': 'was archived in the new shop',
  inconclusive: 'could not be compared',
};

export type Clockwork = { readonly timezone: string };

// Making a formatter costs more than a thousand uses of it.
const formatters = new Map<string, Intl.DateTimeFormat>();

export function showTime(time: number | string | null, { timezone }: Clockwork): string {
  return format(time, timezone, 'short');
}

/** With seconds, for those who compare it with other logs. */
export function showExactTime(time: number | string | null, { timezone }: Clockwork): string {
  return format(time, timezone, 'medium');
}

function format(time: number | string | null, timezone: string, timeStyle: 'short' | 'medium'): string {
  const date = time === null ? null : new Date(time);
  if (date === null || Number.isNaN(date.getTime())) return 'unknown';
  const key = `${timeStyle} ${timezone}`;
  const formatter =
    formatters.get(key) ?? new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle, timeZone: timezone });
  formatters.set(key, formatter);
  return formatter.format(date);
}

/** What a finding is, why, and what became of it, for a shop owner. */
export function tellFinding(finding: Finding, clockwork: Clockwork): string {
  return `${tellWhat(finding)} ${tellWhy(finding, clockwork)}`;
}

function tellWhat({ field, label, title, source, target, hidden, entity, cause }: Finding): string {
  const name = title === null ? label : `${title} (${label})`;
  if (field === null) {
    const kind = entity.slice(0, entity.indexOf(':'));
    const thing = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`;
    return `${thing} ${WHOLE[cause] ?? 'is not in step in the new shop'}.`;
  }
  if (hidden) return `${fieldWord(field)} of ${name} differs.`;
  return `${fieldWord(field)} of ${name} was ${showValue(field, target)} in the new shop, should be ${showValue(field, source)}.`;
}

function tellWhy({ cause, status, foundAt, message }: Finding, clockwork: Clockwork): string {
  const found = status === 'repaired' ? `; we found it on ${showTime(foundAt, clockwork)} and put it right` : '';
  const kept = cause === 'deleted-at-source' && status === 'kept' ? '; the new shop keeps what it has of it' : '';
  const why = `${BECAUSE[cause]}${kept}${found}.`;
  return status === 'left' && message !== null ? `${why} (${message})` : why;
}

/** The sentence on top of a report. */
export function tellRun(run: RunResult, clockwork: Clockwork): string {
  const what = tellCompared(run.compared);
  const when = showTime(run.startedAt, clockwork);
  if (!run.complete) return `The comparison of ${when} is not complete: some things could not be compared (${what}).`;
  if (run.drift === 0) return `The two shops agree on everything you selected: ${what}, compared on ${when}.`;
  const found = `${count(run.drift, 'difference')} found among ${what} on ${when}`;
  if (run.left === 0) return `The two shops agree again: ${found}, all put right and seen again.`;
  if (run.repaired === 0) return `${found}; ${run.repair ? 'none could be put right' : 'nothing was written'}.`;
  return `${found}: ${String(run.repaired)} put right, ${String(run.left)} left for a person.`;
}

export function tellCompared(compared: RunResult['compared']): string {
  const parts = Object.entries(compared).map(([kind, many]) => count(many, kind));
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function count(many: number, noun: string): string {
  return `${many.toLocaleString('en-GB')} ${noun}${many === 1 ? '' : 's'}`;
}
