import { createHash } from 'node:crypto';
import { newsSchema, type News } from './news.ts';

/** What a record says, or size and hash of what cannot be understood: its content may be anything, so it is not kept. */
export type DecodedNews =
  | { readonly news: News }
  | { readonly news: null; readonly undecodable: { readonly bytes: number; readonly sha256: string } };

/** The record as it lies on the log. Every record carries its version. */
export function encodeNews(news: News): string {
  return JSON.stringify(news);
}

/** Reads this version and, once there is one, the version before (rolling upgrades). Never throws. */
export function decodeNews(body: string | Uint8Array): DecodedNews {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const { v, value } = versionOf(bytes);
  const read = DECODERS.get(v)?.(value) ?? null;
  if (read !== null) return { news: read };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { news: null, undecodable: { bytes: bytes.byteLength, sha256 } };
}

const DECODERS: ReadonlyMap<unknown, (value: unknown) => News | null> = new Map([
  [1, (value: unknown) => newsSchema.safeParse(value).data ?? null],
]);

function versionOf(bytes: Uint8Array): { readonly v: unknown; readonly value: unknown } {
  const value = parseJson(Buffer.from(bytes).toString('utf8'));
  const v = typeof value === 'object' && value !== null && 'v' in value ? value.v : null;
  return { v, value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
