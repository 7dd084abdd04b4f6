import { numberOf } from '../world.ts';

/** How bodies are written: ids as numbers with every digit, however many; amounts padded; times with the shop's offset. */
export type Json = Readonly<Record<string, unknown>>;

const MARK = '\u0001id:';

/** An id as the number it is in a body, beyond what a number of JavaScript holds. */
export function rawId(gid: string | null | undefined): string | null {
  return gid === null || gid === undefined ? null : `${MARK}${numberOf(gid)}`;
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"\\u0001id:(\d+)"/g, '$1');
}

/** Only these fields, by dotted paths, within lists as well; none named: all. */
export function pickFields(body: Json, fields: readonly string[]): Json {
  if (fields.length === 0) return body;
  return pick(
    body,
    fields.map((field) => field.split('.')),
  ) as Json;
}

function pick(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pick(item, paths));
  if (typeof value !== 'object' || value === null) return value;
  const picked: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const below = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    if (below.length === 0) continue;
    picked[key] = below.some((path) => path.length === 0) ? inner : pick(inner, below);
  }
  return picked;
}

/** A filter is looked at on the body: what names a field that is not there never matches, and nothing is delivered. */
export function matchesFilter(body: Json, filter: string | null): boolean {
  if (filter === null || filter.trim() === '') return true;
  return filter.split(/\s+AND\s+/).every((term) => {
    const [, path = '', wanted = ''] = /^([\w.]+):"?'?(.*?)'?"?$/.exec(term.trim()) ?? [];
    return valuesAt(body, path.split('.')).some((value) => toText(value) === wanted);
  });
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value.startsWith(MARK) ? value.slice(MARK.length) : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  if (typeof value !== 'object' || value === null || !(first in value)) return [];
  return valuesAt((value as Json)[first], rest);
}

/** `42.5` is `"42.50"` in a body, other than in an answer. */
export function padded(amount: string | null): string | null {
  return amount === null ? null : Number(amount).toFixed(2);
}

/** Times in bodies bear the shop's offset. */
export function withOffset(time: string | null, offsetMinutes: number): string | null {
  if (time === null) return null;
  const sign = offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMinutes);
  const local = new Date(Date.parse(time) + offsetMinutes * 60_000).toISOString().slice(0, 19);
  return `${local}${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
