/** Shopify's search syntax, as far as this store needs it: `field:value`, ranges, AND, OR, NOT, brackets, quotes, bare words. */
export type SearchField<R> =
  /** Compared whole, case apart. */
  | { readonly kind: 'exact'; readonly of: (row: R) => readonly (string | null | undefined)[] }
  /** Cut into words, as SKUs and names are; finds a row that has the words in a row. */
  | { readonly kind: 'words'; readonly of: (row: R) => readonly (string | null | undefined)[] }
  | { readonly kind: 'time'; readonly of: (row: R) => readonly (string | null | undefined)[] }
  | { readonly kind: 'number'; readonly of: (row: R) => readonly (string | null | undefined)[] };

export type SearchFields<R> = Readonly<Record<string, SearchField<R>>>;
export type ParsedSearch<R> = { readonly matches: (row: R) => boolean; readonly unknownFields: readonly string[] };
type Predicate<R> = (row: R) => boolean;
type Metafield<R> = (row: R, namespace: string, key: string) => string | undefined;

const TOKEN = /\(|\)|-?[\w.$-]+:(?:[<>]=?)?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()]+)|'[^']*'|"[^"]*"|[^\s()]+/g;

export function parseSearch<R>(query: string, fields: SearchFields<R>, metafield: Metafield<R>): ParsedSearch<R> {
  const tokens = query.match(TOKEN) ?? [];
  const unknownFields: string[] = [];
  let at = 0;

  const parseOr = (): Predicate<R> => {
    let left = parseAnd();
    while (tokens[at] === 'OR') {
      at += 1;
      const [a, b] = [left, parseAnd()];
      left = (row) => a(row) || b(row);
    }
    return left;
  };
  const parseAnd = (): Predicate<R> => {
    let left = parseUnary();
    while (at < tokens.length && tokens[at] !== 'OR' && tokens[at] !== ')') {
      if (tokens[at] === 'AND') at += 1;
      const [a, b] = [left, parseUnary()];
      left = (row) => a(row) && b(row);
    }
    return left;
  };
  const parseUnary = (): Predicate<R> => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return () => true;
    if (token === 'NOT') return not(parseUnary());
    if (token === '(') {
      const inner = parseOr();
      at += 1;
      return inner;
    }
    if (token.startsWith('-') && token.includes(':')) return not(toPredicate(token.slice(1)));
    return toPredicate(token);
  };
  const toPredicate = (token: string): Predicate<R> => {
    const parts = /^([\w.$-]+):([<>]=?)?(.+)$/s.exec(token);
    if (parts === null) return anyWord(fields, unquote(token));
    const [, name = '', operator = '', raw = ''] = parts;
    const value = unquote(raw);
    if (name.startsWith('metafields.')) {
      const [, namespace = '', ...key] = name.split('.');
      return (row) => compareText(metafield(row, namespace, key.join('.')) ?? null, value);
    }
    const field = fields[name];
    if (field === undefined) {
      unknownFields.push(name);
      return () => true;
    }
    return (row) => field.of(row).some((found) => compareField(field.kind, operator, found ?? null, value));
  };

  return { matches: tokens.length === 0 ? () => true : parseOr(), unknownFields };
}

function not<R>(predicate: Predicate<R>): Predicate<R> {
  return (row) => !predicate(row);
}

function anyWord<R>(fields: SearchFields<R>, word: string): Predicate<R> {
  const texts = Object.values(fields).filter(({ kind }) => kind === 'words' || kind === 'exact');
  return (row) => texts.some(({ of }) => of(row).some((found) => hasWords(found ?? '', word)));
}

function compareField(
  kind: SearchField<never>['kind'],
  operator: string,
  found: string | null,
  value: string,
): boolean {
  if (value === '*') return found !== null && found !== '';
  if (found === null) return false;
  switch (kind) {
    case 'exact':
      return compareText(found, value);
    case 'words':
      return hasWords(found, value);
    case 'time':
      return compareNumbers(operator, Date.parse(found), Date.parse(value));
    case 'number':
      return compareNumbers(operator, Number(found), Number(value));
  }
}

function compareText(found: string | null, value: string): boolean {
  if (found === null) return false;
  if (value.endsWith('*')) return found.toLowerCase().startsWith(value.slice(0, -1).toLowerCase());
  return found.toLowerCase() === value.toLowerCase();
}

function compareNumbers(operator: string, found: number, value: number): boolean {
  switch (operator) {
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    default:
      return found === value;
  }
}

/** `sku:'LS-M'` finds LS-M-BL as well: text is cut into words. */
function hasWords(found: string, value: string): boolean {
  const words = toWords(found);
  const wanted = toWords(value.replace(/\*$/, ''));
  const prefix = value.endsWith('*');
  if (wanted.length === 0) return false;
  return words.some((_, start) =>
    wanted.every((word, index) => {
      const candidate = words[start + index];
      return prefix && index === wanted.length - 1 ? candidate?.startsWith(word) === true : candidate === word;
    }),
  );
}

function toWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function unquote(text: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  return (quoted?.[2] ?? text).replaceAll(/\\(.)/g, '$1');
}
