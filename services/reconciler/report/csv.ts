import type { Finding } from '../finding.ts';
import { CAUSE_WORDS } from './sentences.ts';
import { showValue } from './show-value.ts';

export const CSV_HEAD = [
  'entity',
  'label',
  'title',
  'field',
  'old shop',
  'new shop',
  'cause',
  'status',
  'message',
  'changed at old shop',
  'found at',
  'old id',
  'new id',
] as const;

export function csvHead(): string {
  return csvLine(CSV_HEAD);
}

export function csvRow(finding: Finding): string {
  const { entity, field, label, title, hidden, cause, status, message, sourceChangedAt, foundAt, targetId } = finding;
  const colon = entity.indexOf(':');
  const shown = (value: unknown) => (field === null ? '' : hidden ? '(hidden)' : showValue(field, value));
  return csvLine([
    entity.slice(0, colon),
    label,
    title ?? '',
    field ?? '',
    shown(finding.source),
    shown(finding.target),
    CAUSE_WORDS[cause],
    status,
    message ?? '',
    sourceChangedAt ?? '',
    new Date(foundAt).toISOString(),
    entity.slice(colon + 1),
    targetId ?? '',
  ]);
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => csvCell(cell)).join(',')}\r\n`;
}

/** Quotes a cell; what a spreadsheet would run as a formula gets an apostrophe in front. Plain numbers stay numbers. */
export function csvCell(text: string): string {
  const plainNumber = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !plainNumber && /^\s*[=+\-@\t\r\n|＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n;\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
