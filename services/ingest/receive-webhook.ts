import type { WebhookRead } from '#libs/connectors/store-connector.ts';
import type { News } from '#libs/event-log/news.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { unreachable } from '#libs/runtime/must.ts';

/** What becomes of a webhook. */
export type Received =
  | { readonly kind: 'accepted'; readonly news: News }
  /** Nothing to do for it: a ping, or a topic nobody asked for. Answered 200, or the store would give the webhook up. */
  | { readonly kind: 'ignored'; readonly topic: string }
  /** Not signed by the store. */
  | { readonly kind: 'rejected' }
  /** Signed and not understood: kept raw for a day, and the kind of entity is swept. */
  | { readonly kind: 'kept'; readonly topic: string; readonly reason: string; readonly root: RootKind | null };

/** Decides what becomes of what the platform's reader made of a webhook. */
export function receiveWebhook(
  read: WebhookRead,
  { pair, now }: { readonly pair: string; readonly now: number },
): Received {
  switch (read.kind) {
    case 'news':
      return {
        kind: 'accepted',
        news: {
          ...fresh(pair, now, read),
          rootId: read.rootId,
          ...(read.children === undefined ? {} : { children: [...read.children] }),
        },
      };
    case 'child':
      return {
        kind: 'accepted',
        news: { ...fresh(pair, now, read), rootId: '', child: { kind: read.childKind, id: read.childId } },
      };
    case 'ping':
      return { kind: 'ignored', topic: 'ping' };
    case 'ignored':
      return { kind: 'ignored', topic: read.topic };
    case 'forged':
      return { kind: 'rejected' };
    case 'unreadable':
      return { kind: 'kept', topic: read.topic, reason: read.reason, root: read.root };
    default:
      return unreachable(read);
  }
}

function fresh(
  pair: string,
  now: number,
  { root, topic, changedAt }: { readonly root: RootKind; readonly topic: string; readonly changedAt?: string },
) {
  return {
    v: 1,
    pair,
    root,
    kind: 'news',
    topic,
    receivedAt: now,
    via: 'webhook',
    tries: 0,
    ...(changedAt === undefined ? {} : { changedAt }),
  } as const;
}
