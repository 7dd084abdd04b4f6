import { createHash } from 'node:crypto';

/** Tells a picture whose bytes nobody read from another one, by its address at the source. */
export function addressHash(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 22);
}
