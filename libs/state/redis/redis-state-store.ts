import type { FactKey, FactOffset, FactRecord } from '#libs/event-log/event-log.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { FactCopies, StateStore } from '../state-store.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';

export type RedisStateStore = StateStore & {
  /** What `check` wants to know of the server. */
  readonly describe: () => Promise<{ readonly version: string; readonly maxmemoryPolicy: string | null }>;
};

const PAGE = 500;
/** A late copy of a record that was deleted since is refused this long; the projection is never so far behind. */
const TOMBSTONE_MS = 24 * 60 * 60 * 1_000;
/** What a child's root was may be forgotten; it costs a read. */
const ROOT_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * State on Redis, shared by all processes: one server (or a primary with replicas), not a sharded cluster.
 *
 * @throws {SyncError} STATE_UNAVAILABLE (from its methods)
 */
export function openRedisStateStore({
  url,
  prefix = 'lockstep',
  logger,
}: {
  readonly url: string;
  /** Begins every key. */
  readonly prefix?: string;
  readonly logger: Logger;
}): RedisStateStore {
  const redis = connectRedis(url, logger);
  const at = (...parts: readonly string[]) => [prefix, ...parts].join('/');

  return {
    facts: createCopies(redis, at),
    getRootsOf: (pair, childKind, ids) =>
      ids.length === 0
        ? Promise.resolve([])
        : redis.ask('look up roots', (client) => client.mget(ids.map((id) => at('root', pair, childKind, id)))),
    putRootsOf: (pair, childKind, roots) =>
      redis.ask('remember roots', async (client) => {
        const pipeline = client.pipeline();
        for (const [id, root] of Object.entries(roots))
          pipeline.set(at('root', pair, childKind, id), root, 'PX', ROOT_MS);
        await pipeline.exec();
      }),
    takeBudget: async (bucket, cost, { capacity, perSecond }) =>
      Number(
        await redis.call({ script: 'takeBudget', keys: [at('budget', bucket)], args: [cost, capacity, perSecond] }),
      ),
    async setBudget(bucket, left, { capacity, perSecond }) {
      await redis.call({ script: 'setBudget', keys: [at('budget', bucket)], args: [left, capacity, perSecond] });
    },
    readBudget: async (bucket, { capacity, perSecond }) =>
      Number(await redis.call({ script: 'readBudget', keys: [at('budget', bucket)], args: [capacity, perSecond] })),
    lease: async (name, holder, ms) =>
      (await redis.call({ script: 'lease', keys: [at('lease', name)], args: [holder, Math.ceil(ms)] })) === 1,
    async release(name, holder) {
      await redis.call({ script: 'release', keys: [at('lease', name)], args: [holder] });
    },
    getNote: (key) => redis.ask('read a note', (client) => client.get(at('note', key))),
    async putNote(key, value, ttlMs) {
      await redis.ask('write a note', (client) =>
        ttlMs === undefined
          ? client.set(at('note', key), value)
          : client.set(at('note', key), value, 'PX', Math.ceil(ttlMs)),
      );
    },
    flush: () => redis.ask('forget everything', (client) => deleteAll(client, `${prefix}/*`)),
    describe: () =>
      redis.ask('ask the state store what it is', async (client) => {
        const info = await client.info('server', 'memory');
        const line = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? null;
        return { version: line('redis_version') ?? 'unknown', maxmemoryPolicy: line('maxmemory_policy') };
      }),
    close: redis.close,
  };
}

type At = (...parts: readonly string[]) => string;

function createCopies(redis: RedisConnection, at: At): FactCopies {
  const kindKey = (pair: string, kind: string) => at('facts', pair, kind);
  const goneKey = ({ pair, kind, id }: FactKey) => at('gone', pair, kind, id);
  const completeKeys = [at('life'), at('complete')];

  return {
    get: async (keys) => {
      const byHash = Map.groupBy(keys.entries(), ([, { pair, kind }]) => kindKey(pair, kind));
      const values: unknown[] = keys.map(() => null);
      await redis.ask('read facts', async (client) => {
        // One command a kind, and each in parts: a command for each fact costs this process more than all else about it.
        const parts = [...byHash].flatMap(([hash, wanted]) => inPages(wanted).map((page) => ({ hash, page })));
        await Promise.all(
          parts.map(async ({ hash, page }) => {
            const found = await client.hmget(hash, ...page.map(([, { id }]) => id));
            for (const [at, [index]] of page.entries()) values[index] = valueOf(found[at] ?? null);
          }),
        );
      });
      return values;
    },
    async *list(pair, kind) {
      // A scan may meet an entry twice while the hash grows.
      const seen = new Set<string>();
      let cursor = '0';
      do {
        const [next, entries] = await redis.ask('list facts', (client) =>
          client.hscan(kindKey(pair, kind), cursor, 'COUNT', PAGE),
        );
        cursor = next;
        for (let index = 0; index + 1 < entries.length; index += 2) {
          const [id, kept] = [entries[index] ?? '', entries[index + 1] ?? ''];
          if (seen.has(id)) continue;
          seen.add(id);
          const { offset, value } = decode(kept);
          // The partition is not kept: nothing that lists facts asks for it.
          yield { pair, kind, id, value, at: { partition: 0, offset } };
        }
      } while (cursor !== '0');
    },
    count: (pair, kind) => redis.ask('count facts', (client) => client.hlen(kindKey(pair, kind))),
    async put(records) {
      const byHash = Map.groupBy(records, ({ pair, kind }) => kindKey(pair, kind));
      const calls = [...byHash].flatMap(([hash, some]) => inPages(some).map((page) => toPut(hash, page)));
      await redis.callAll(calls);
    },
    async completeTo() {
      const kept = await redis.call({ script: 'completeTo', keys: completeKeys, args: [] });
      return Array.isArray(kept) ? toPositions(kept) : null;
    },
    beginFill: async () =>
      String(await redis.call({ script: 'beginFill', keys: completeKeys.slice(0, 1), args: [randomId()] })),
    setCompleteTo: async (positions, life) =>
      (await redis.call({
        script: 'setCompleteTo',
        keys: completeKeys,
        args: [life, ...positions.flatMap(({ partition, offset }) => [partition, offset])],
      })) === 1,
  };

  function toPut(hash: string, records: readonly FactRecord[]) {
    const facts = records.flatMap(({ id, at: { offset }, value }) => [id, offset, textOf(value)]);
    return {
      script: 'putFacts' as const,
      keys: [hash, ...records.map((record) => goneKey(record))],
      args: [TOMBSTONE_MS, ...facts],
    };
  }
}

function inPages<T>(items: readonly T[]): readonly (readonly T[])[] {
  const pages: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += PAGE) pages.push(items.slice(from, from + PAGE));
  return pages;
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

function valueOf(kept: string | null): unknown {
  return kept === null ? null : decode(kept).value;
}

/** `<offset> <value as JSON>`. */
function decode(kept: string): { readonly offset: number; readonly value: unknown } {
  const space = kept.indexOf(' ');
  return { offset: Number(kept.slice(0, space)), value: JSON.parse(kept.slice(space + 1)) };
}

function toPositions(kept: readonly unknown[]): readonly FactOffset[] {
  const positions: FactOffset[] = [];
  for (let index = 0; index + 1 < kept.length; index += 2)
    if (kept[index] !== 'life') positions.push({ partition: Number(kept[index]), offset: Number(kept[index + 1]) });
  return positions;
}

async function deleteAll(
  client: {
    scan: (cursor: string, m: 'MATCH', pattern: string, c: 'COUNT', count: number) => Promise<[string, string[]]>;
    del: (...keys: string[]) => Promise<number>;
  },
  pattern: string,
): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
    cursor = next;
    if (keys.length > 0) await client.del(...keys);
  } while (cursor !== '0');
}
