import { z } from 'zod';

import { newsKey, type News } from '#libs/event-log/news.ts';
import type { Parked } from '#libs/facts/fact-kinds.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { pairOf } from './context.ts';
import { defineHandler } from './handler.ts';

/** A root that was set aside, or a webhook that nobody understood. */
export type ParkedEntry = { readonly id: string } & (
  | ({ readonly kind: 'root' } & Parked)
  | {
      readonly kind: 'webhook';
      readonly at: number;
      readonly reason: string;
      readonly topic: string;
      readonly bytes: number;
    }
);

export const listParked = defineHandler(z.object({ pair: z.string() }), async ({ pair }, { facts, pairs }) => {
  pairOf({ pairs }, pair);
  const entries: ParkedEntry[] = [];
  for await (const { id, value } of facts.list(pair, 'parked')) entries.push({ id, kind: 'root', ...value });
  for await (const { id, value } of facts.list(pair, 'unreadable')) entries.push({ id, kind: 'webhook', ...value });
  return entries.toSorted((a, b) => a.at - b.at);
});

/** Publishes news of parked roots: the applier tries each once, and success un-parks it. */
export const retryParked = defineHandler(
  z.object({ pair: z.string(), id: z.string().nullable(), by: z.string() }),
  async ({ pair, id, by }, { facts, log, clock, pairs }) => {
    pairOf({ pairs }, pair);
    const ids = await chosenIds(facts, pair, id);
    const news = ids.flatMap((one) => newsOfParked(pair, one, clock.now()));
    if (id !== null && news.length === 0)
      throw new SyncError('USAGE', `Cannot try "${id}" again: it names no entity; drop it when it was looked at`);
    if (news.length > 0) {
      await log.publish(news);
      await facts.put([
        actOf(clock, pair, by, `asked again for ${news.length === 1 ? ids[0] : `${news.length} parked`}`),
      ]);
    }
    return { pair, tried: news.map((one) => newsKey(one)) };
  },
);

/** Forgets that something is parked. The entity stays as it is; its next news is tried like any other. */
export const dropParked = defineHandler(
  z.object({ pair: z.string(), id: z.string(), by: z.string() }),
  async ({ pair, id, by }, { facts, clock, pairs }) => {
    pairOf({ pairs }, pair);
    const isRoot = (await facts.get(pair, 'parked', id)) !== null;
    if (!isRoot && (await facts.get(pair, 'unreadable', id)) === null)
      throw new SyncError('USAGE', `Cannot drop "${id}": it is not parked`);
    await facts.put([
      { pair, kind: isRoot ? 'parked' : 'unreadable', id, value: null },
      actOf(clock, pair, by, `dropped ${id} from the parked`),
    ]);
    return { pair, dropped: id };
  },
);

async function chosenIds(facts: FactStore, pair: string, id: string | null): Promise<readonly string[]> {
  if (id !== null) {
    if ((await facts.get(pair, 'parked', id)) === null)
      throw new SyncError('USAGE', `Cannot try "${id}" again: it is not parked`);
    return [id];
  }
  const ids: string[] = [];
  for await (const entry of facts.list(pair, 'parked')) ids.push(entry.id);
  return ids;
}

/** News by which a parked root is tried once more; none for what names no root. */
export function newsOfParked(pair: string, id: string, now: number): readonly News[] {
  const [head = '', kind = '', ...rest] = id.split(':');
  const news = { v: 1, pair, kind: 'news', topic: 'parked', receivedAt: now, via: 'parked', tries: 0 } as const;
  // Its root is what the applier looks for.
  if (head === 'child') return [{ ...news, root: 'product', rootId: '', child: { kind, id: rest.join(':') } }];
  const root = ROOT_KINDS.find((one) => one === head);
  return root === undefined ? [] : [{ ...news, root, rootId: id.slice(head.length + 1) }];
}
