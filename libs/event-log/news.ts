import { z } from 'zod';

const rootKindSchema = z.enum(['product', 'order', 'customer']);

/**
 * News that something changed: a reference, never a body. Ids are strings with any `gid://…/` cut off.
 * Keyed by the root, so one partition, and so one owner, holds all writes to an entity.
 */
export const newsSchema = z.object({
  v: z.literal(1),
  pair: z.string(),
  root: rootKindSchema,
  /** Empty for child news (`child` is set then): the work is to find the root and publish news of it. */
  rootId: z.string(),
  child: z.object({ kind: z.string(), id: z.string() }).optional(),
  /** Narrows the read to these variants; absent: the whole root. United when coalesced. */
  children: z.array(z.string()).optional(),
  kind: z.enum(['news', 'compare', 'undo', 'release']),
  /** With `compare`: whether what differs is written as well, and the comparison run it belongs to. */
  repair: z.boolean().optional(),
  run: z.string().optional(),
  journalRef: z.string().optional(),
  /** What brought it: the platform's topic, or `sweep`, `sync`, `retry`, `look`, `dependency` … */
  topic: z.string(),
  /** The source's own clock at the change, where the producer knew it. ISO 8601, UTC. */
  changedAt: z.string().optional(),
  /** When Lockstep first heard of it, milliseconds since the epoch. */
  receivedAt: z.number(),
  via: z.enum(['webhook', 'sweep', 'compare', 'retry', 'look', 'sync', 'parked', 'dependency', 'undo', 'release']),
  /** Failed attempts of the root so far; fresh news starts at 0 (protocol.md, "Attempts"). */
  tries: z.int().nonnegative(),
  /** Not looked at before this time, milliseconds since the epoch. */
  notBefore: z.number().optional(),
});
export type News = z.infer<typeof newsSchema>;

/** The key of a record: `<root>:<rootId>`, or `child:<kind>:<id>` where only a child is known. */
export function newsKey(news: Pick<News, 'root' | 'rootId' | 'child'>): string {
  return news.child === undefined ? `${news.root}:${news.rootId}` : `child:${news.child.kind}:${news.child.id}`;
}
