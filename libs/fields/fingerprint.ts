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
  return JSON.stringify(value ?? null, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
