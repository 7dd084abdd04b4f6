import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { ReadContext, ScanPage, UnreadRoot } from '../store-connector.ts';
import type { Query } from './woocommerce-auth.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { CompleteRoot } from './woocommerce-complete.ts';
import { toUtc } from './woocommerce-mapping.ts';
import type { ReadAhead } from './woocommerce-read-ahead.ts';
import type { ListRoots } from './woocommerce-read.ts';
import type { RootWire } from './woocommerce-rows.ts';

/** Behind which id to go on, and how many rows lay before it when it was read: only a hint where to look. */
type Position = { readonly lastId: number; readonly offset: number };

/** One list call of a root kind. */
type ListBy = (query: Query) => ReturnType<ListRoots>;

const START: Position = { lastId: 0, offset: 0 };

/**
 * Walks a list by id. WooCommerce knows only offsets, and they shift when an earlier row is trashed: so each page begins with
 * the last row of the one before, and where that is not so any more the walk steps back until it has seen where it left off.
 */
async function* walkById(
  list: ListBy,
  start: Position,
): AsyncIterable<{ readonly rows: readonly RootWire[]; readonly position: Position }> {
  let { lastId, offset } = start;
  for (;;) {
    const from = Math.max(0, offset - 1);
    const { rows } = await list({ orderby: 'id', order: 'asc', per_page: PAGE_MAX, offset: from });
    const first = rows[0];
    if (from > 0 && (first === undefined || Number(first.wire.id) > lastId)) {
      offset = Math.max(0, offset - PAGE_MAX);
      continue;
    }
    const fresh = rows.filter(({ wire }) => Number(wire.id) > lastId);
    offset = from + rows.length;
    lastId = fresh.reduce((last, { wire }) => Math.max(last, Number(wire.id)), lastId);
    if (fresh.length > 0) yield { rows: fresh, position: { lastId, offset } };
    if (rows.length < PAGE_MAX) return;
  }
}

export type Scans = {
  readonly scan: (root: RootKind, after: string | null, call: ReadContext) => AsyncIterable<ScanPage>;
  readonly scanChanged: (root: RootKind, since: string, call: ReadContext) => AsyncIterable<ScanPage>;
};

export function createScans(listRoots: ListRoots, completeRoot: CompleteRoot, readAhead: ReadAhead): Scans {
  const toPage = async (rows: readonly RootWire[], cursor: string, call: ReadContext): Promise<ScanPage> => {
    const ahead = await readAhead(rows, call);
    const complete = (row: RootWire) => completeRoot(row, undefined, call, ahead);
    const read = await Promise.all(rows.map((row) => completeOrUnread(complete, row)));
    const unread = read.flatMap((one) => ('unread' in one ? [one.unread] : []));
    return {
      roots: read.flatMap((one) => ('stored' in one ? [one.stored] : [])),
      cursor,
      ...(unread.length === 0 ? {} : { unread }),
    };
  };

  return {
    async *scan(root, after, call) {
      const list = (query: Query) => listRoots(root, query, call);
      for await (const { rows, position } of walkById(list, parsePosition(after)))
        yield toPage(rows, `${position.lastId}:${position.offset}`, call);
    },

    async *scanChanged(root, since, call) {
      const list = (query: Query) => listRoots(root, query, call);
      for await (const { rows, changedTo } of walkChanges(list, since)) yield toPage(rows, changedTo, call);
    },
  };
}

/** One root that cannot be read (odd, or deleted while the walk was under way) does not end the walk. */
async function completeOrUnread(
  complete: (row: RootWire) => Promise<StoredRoot>,
  row: RootWire,
): Promise<{ readonly stored: StoredRoot } | { readonly unread: UnreadRoot }> {
  try {
    return { stored: await complete(row) };
  } catch (error) {
    if (!isSyncError(error) || error.code !== 'STORE_REFUSED') throw error;
    return { unread: { id: row.wire.id, changedAt: toUtc(row.wire.date_modified_gmt), why: error.message } };
  }
}

function parsePosition(cursor: string | null): Position {
  const match = /^(\d+):(\d+)$/.exec(cursor ?? '');
  return match === null ? START : { lastId: Number(match[1]), offset: Number(match[2]) };
}

type Changes = { readonly rows: readonly RootWire[]; readonly changedTo: string };

/**
 * Walks what was modified, oldest first. After each page the question is asked anew from the last second seen, which is seen
 * once more: a row modified meanwhile moves to the end and is met again there. A second that fills a page (a bulk edit) is
 * walked by id, since rows of one second have no order. Ends at what was the newest when the walk began, so that a busy shop
 * cannot keep it going for ever: what comes later is the next walk's part.
 */
async function* walkChanges(list: ListBy, since: string): AsyncIterable<Changes> {
  let second = toSecond(since);
  let seen = new Set<string>();
  let newest: number | null = null;
  for (;;) {
    const { rows } = await list({
      ...modified({ after: second - 1 }),
      orderby: 'modified',
      order: 'asc',
      per_page: PAGE_MAX,
    });
    const latest = latestOf(rows);
    // Without a date there is nothing to go on by, and the same page would be asked for again and again.
    if (latest === null && rows.length > 0)
      throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot list what changed: the shop does not say when');
    const last = latest ?? second;
    const more = rows.length === PAGE_MAX;
    if (more && last === second) {
      yield* walkSecond(list, second);
      second += 1;
      seen = new Set();
      continue;
    }
    const fresh = rows.filter((row) => !seen.has(row.wire.id) || modifiedSecond(row) !== second);
    if (fresh.length > 0) yield { rows: fresh, changedTo: fromSecond(last) };
    if (!more) return;
    newest ??= await findNewest(list);
    if (last > newest) return;
    second = last;
    seen = new Set(rows.filter((row) => modifiedSecond(row) === last).map(({ wire }) => wire.id));
  }
}

async function findNewest(list: ListBy): Promise<number> {
  const { rows } = await list({ orderby: 'modified', order: 'desc', per_page: 1 });
  return latestOf(rows) ?? Number.POSITIVE_INFINITY;
}

function latestOf(rows: readonly RootWire[]): number | null {
  return rows.reduce<number | null>((latest, row) => {
    const second = modifiedSecond(row);
    return second === null || (latest !== null && latest >= second) ? latest : second;
  }, null);
}

async function* walkSecond(list: ListBy, second: number): AsyncIterable<Changes> {
  const within = modified({ after: second - 1, before: second + 1 });
  for await (const { rows } of walkById((query) => list({ ...within, ...query }), START))
    yield { rows, changedTo: fromSecond(second) };
}

/** Exclusive on both sides. GMT without a zone together with the flag: with a zone as well, the site's offset is applied twice. */
function modified({ after, before }: { readonly after: number; readonly before?: number }): Query {
  return {
    modified_after: withoutZone(after),
    ...(before === undefined ? {} : { modified_before: withoutZone(before) }),
    dates_are_gmt: 'true',
  };
}

function modifiedSecond({ wire }: RootWire): number | null {
  const at = toUtc(wire.date_modified_gmt);
  return at === null ? null : toSecond(at);
}

function toSecond(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000);
}

function fromSecond(second: number): string {
  return `${withoutZone(second)}Z`;
}

export function withoutZone(second: number): string {
  return new Date(Math.max(0, second) * 1000).toISOString().slice(0, 19);
}
