import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/;

/** A length of time as people write it (`5m`, `2 s`, `500ms`); comes out in milliseconds. */
export const durationSchema = z
  .string()
  .regex(DURATION, { error: 'is not a length of time: write 500ms, 2s, 5m, 1h or 1d' })
  .transform(durationMs);

/** Milliseconds of a duration that is known to be well-formed. */
export function durationMs(text: string): number {
  const [, amount = '0', unit = 'ms'] = DURATION.exec(text) ?? [];
  return Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
}
