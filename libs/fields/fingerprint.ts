import { createHmac, createSecretKey } from 'node:crypto';

/** A keyed fingerprint of a value: equal values, equal prints; without the key nothing can be told from it. */
export type Fingerprint = (value: unknown) => string;

export function createFingerprint(key: Uint8Array): Fingerprint {
  // Made ready once: to make a key of bytes costs Node several times what the print itself does.
  const secret = createSecretKey(key);
  return (value) => createHmac('sha256', secret).update(canonicalJson(value)).digest('base64url').slice(0, 22);
}

/** JSON with sorted keys, so that equal values give equal text. Undefined members are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  return textOf(value) ?? 'null';
}

// Undefined for what JSON leaves out. Written out by hand as it is done for every value of every product: sorted copies of objects for
// JSON to write take several times as long.
function textOf(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((member) => textOf(member) ?? 'null').join(',')}]`;
  if ('toJSON' in value) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  // An object that JSON writes has its keys that look like numbers first, in the order of numbers.
  const ordered = keys.some(looksLikeNumber) ? Object.keys(Object.fromEntries(keys.map((key) => [key, null]))) : keys;
  let text = '';
  for (const key of ordered) {
    const member = textOf((value as Readonly<Record<string, unknown>>)[key]);
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${member}`;
  }
  return `{${text}}`;
}

function looksLikeNumber(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57;
}
