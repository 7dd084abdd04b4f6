import { durationMs, durationSchema } from '#libs/runtime/config/duration.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

const DATE = /^\d{4}-\d{2}-\d{2}/;

/**
 * A time in the past as people write it: `2h`, `90m`, or ISO 8601 (local time where it names no zone).
 *
 * @throws {SyncError} USAGE
 */
export function parseSince(text: string, now: number): number {
  const at = durationSchema.safeParse(text).success
    ? now - durationMs(text)
    : Date.parse(DATE.test(text) ? text : 'no time');
  if (Number.isNaN(at))
    throw new SyncError('USAGE', `Cannot use "${text}" as a time: write 2h, 30m or 2026-11-23T12:00:00Z`);
  if (at > now) throw new SyncError('USAGE', `Cannot use "${text}" as a time: it is yet to come`);
  return at;
}
