import type { EventLog } from '#libs/event-log/event-log.ts';

/**
 * Marks where a pair's changes end now; the answer tells whether all that lay before the mark has been read since. It has an outcome on
 * the journal then, or the log lost it before anybody read it.
 */
export async function markEnds(log: Pick<EventLog, 'ends'>, pair: string): Promise<() => Promise<boolean>> {
  const marks = new Map((await log.ends(pair)).map(({ partition, end }) => [partition, end]));
  return async () =>
    (await log.ends(pair)).every(
      ({ partition, start, committed }) => Math.max(start, committed ?? start) >= (marks.get(partition) ?? 0),
    );
}
