import { createHash } from 'node:crypto';

export type Body = Readonly<Record<string, unknown>>;

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function bodiesOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? value.filter(isBody) : [];
}

/** PHP's string cast, as far as a request's values go. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === true) return '1';
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** PHP's integer cast: what is no number is 0 (a batch does not validate: "viele" became stock 0). */
export function integerOf(value: unknown): number {
  const parsed = Number.parseInt(textOf(value), 10);
  return Number.isNaN(parsed) ? 0 : parsed;
}

export function booleanOf(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true' || value === 'yes';
}

export function idsOf(value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.map(integerOf);
  return textOf(value)
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(integerOf);
}

export function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(textOf);
  return textOf(value)
    .split(/[\s,]+/)
    .filter((part) => part !== '');
}

/** A price as WooCommerce keeps it: the thousands comma falls out ("5,50" is 550), what is no number is "". */
export function decimalOf(value: unknown): string {
  const text = textOf(value).replaceAll(/[^0-9.-]/g, '');
  return text !== '' && Number.isFinite(Number(text)) ? text : '';
}

export function centsOf(decimal: string): number {
  return Math.round(Number(decimal === '' ? 0 : decimal) * 100);
}

export function moneyOf(cents: number): string {
  return (cents / 100).toFixed(2);
}

/** What WordPress does to a title on its way in: scripts and backslashes go, a bare ampersand is written as an entity. */
export function storedTitle(text: string): string {
  return stripped(text).replaceAll(/&(?!(?:[a-z]+|#\d+);)/gi, '&amp;');
}

/** Dangerous elements lose their tags and keep their text; what begins like a tag and is none goes up to its end. */
export function stripped(text: string): string {
  return text
    .replaceAll(/<\/?(?:script|style|iframe|form)\b[^>]*>/gi, '')
    .replaceAll(/<(?![a-zA-Z/!])[^>]*(?:>|$)/g, '')
    .replaceAll(/<[a-zA-Z][^>]*>/g, withoutScripts)
    .replaceAll('\\', '');
}

function withoutScripts(tag: string): string {
  return tag
    .replaceAll(/\s+on[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .replaceAll(/(=\s*["']?)\s*javascript:/gi, '$1');
}

export function plainTitle(title: string): string {
  return title.replaceAll('&amp;', '&');
}

const BLOCK_END = /<\/(?:p|h[1-6]|ul|ol|li|div|table|tr|blockquote)>(?!\n)/g;

/** Paragraphs as WordPress shows them (wpautop): only when read, not in the answer to a write. */
export function shownHtml(stored: string): string {
  if (stored.trim() === '') return '';
  if (/<(?:p|h[1-6]|ul|ol|div|table|blockquote)\b/i.test(stored)) return stored.replaceAll(BLOCK_END, '$&\n');
  const paragraphs = stored.split(/\n\s*\n/).map((part) => `<p>${part.trim().replaceAll('\n', '<br />\n')}</p>\n`);
  return paragraphs.join('');
}

const FOLDED: Readonly<Record<string, string>> = { ß: 's', æ: 'ae', ø: 'o', å: 'a', ł: 'l', đ: 'd' };

export function slugOf(text: string): string {
  const folded = plainTitle(text)
    .toLowerCase()
    .replaceAll(/[ßæøåłđ]/g, (letter) => FOLDED[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .normalize('NFC')
    .replaceAll(/[„“”"'’‚‘.,:;!?()[\]–—&<>]/g, ' ')
    .trim()
    .replaceAll(/[\s/]+/g, '-');
  const kept = folded.replaceAll(/[^a-z0-9_-]+/g, (rest) => encodeURIComponent(rest).toLowerCase());
  return kept.replaceAll(/-+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 200);
}

/** JSON as PHP writes it: slashes escaped, nothing beyond ASCII. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, (letter) => String.raw`\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What PHP makes of a JSON value that it keeps: an empty object is an empty array. */
export function phpValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(phpValue);
  if (!isBody(value)) return value;
  const entries = Object.entries(value);
  return entries.length === 0 ? [] : Object.fromEntries(entries.map(([key, inner]) => [key, phpValue(inner)]));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function randomText(random: () => number, length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
}
