import type { News } from '#libs/event-log/news.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { aPair } from '#tests/builders/settings.ts';
import type { Group, Work } from '../../../services/applier/coalesce.ts';
import { coalesceByRoot } from '../../../services/applier/coalesce.ts';
import type { ReadGroup } from '../../../services/applier/read-batch.ts';

export const NOW = Date.parse('2026-11-24T08:00:00Z');
export const PAIR = aPair({ timing: { ...DEFAULT_TIMING, retriesMs: [10_000, 60_000, 600_000] } });

export function aNews(change: Partial<News> = {}): News {
  return {
    v: 1,
    pair: 'acme',
    root: 'product',
    rootId: '1',
    kind: 'news',
    topic: 'product.updated',
    receivedAt: NOW,
    via: 'webhook',
    tries: 0,
    ...change,
  };
}

export function work(offset: number, news: News | null, inherited = false): Work {
  return { logged: { partition: 0, offset, appendedAt: NOW, news }, inherited };
}

export function groupOf(...news: readonly News[]): Group {
  const { groups } = coalesceByRoot(
    news.map((one, offset) => work(offset, one)),
    NOW,
  );
  const [group] = groups;
  if (group === undefined || groups.length > 1) throw new Error('The test wants news of one root');
  return group;
}

/** A group that was read and found nothing special. */
export function aRead(change: Partial<ReadGroup> = {}): ReadGroup {
  return {
    group: groupOf(aNews()),
    source: null,
    links: new Map(),
    references: new Map(),
    match: null,
    readAt: NOW,
    lookedAt: NOW,
    target: null,
    ignored: false,
    settled: null,
    retired: null,
    inheritedFields: null,
    creating: null,
    parked: null,
    retrying: null,
    failure: null,
    ...change,
  };
}
