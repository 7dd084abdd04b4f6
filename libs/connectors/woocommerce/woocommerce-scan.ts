import type { RootKind } from '#libs/model/stored.ts';
import type { CallContext, ReadContext, ScanPage } from '../store-connector.ts';
import type { Query } from './woocommerce-auth.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { CompleteRoot, RootWire } from './woocommerce-complete.ts';
import { toUtc } from './woocommerce-mapping.ts';
import type { ListRoots } from './woocommerce-read.ts';

/** Behind which id to go on, and how many rows lay before it when it was read: only a hint where to look. */
type Position = { readonly lastId: number; readonly offset: number };

const START: Position = { lastId: 0, offset: 0 };

/**
 * Walks a list by id. WooCommerce knows only offsets, and they shift when an earlier row is trashed: so each page begins with
 * the last row of the one before, and where that is not so any more the walk steps back until it has seen where it left off.
 */
async function* walkById(
  list: (query: Query) => ReturnType<ListRoots>,
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

export function createScans(listRoots: ListRoots, completeRoot: CompleteRoot): Scans {
  const toPage = async (rows: readonly RootWire[], cursor: string, call: ReadContext): Promise<ScanPage> => ({
    roots: await Promise.all(rows.map((row) => completeRoot(row, undefined, call))),
    cursor,
  });

  return {
    async *scan(root, after, call) {
      const list = (query: Query) => listRoots(root, query, call);
      for await (const { rows, position } of walkById(list, parsePosition(after)))
        yield toPage(rows, `${position.lastId}:${position.offset}`, call);
    },

    async *scanChanged(root, since, call) {
      for await (const { rows, changedTo } of walkChanges(listRoots, root, since, call))
        yield toPage(rows, changedTo, call);
    },
  };
}

function parsePosition(cursor: string | null): Position {
  const match = /^(\d+):(\d+)$/.exec(cursor ?? '');
  return match === null ? START : { lastId: Number(match[1]), offset: Number(match[2]) };
}

type Changes = { readonly rows: readonly RootWire[]; readonly changedTo: string };

/**
 * Walks what was modified, oldest first. After each page the question is asked anew from the last second seen, which is seen
 * once more: a row modified meanwhile moves to the end and is met again there. A second that fills a page (a bulk edit) is
 * walked by id, since rows of one second have no order. Ends at what was changed after the walk began: the next one's part.
 */
async function* walkChanges(
  listRoots: ListRoots,
  root: RootKind,
  since: string,
  call: CallContext,
): AsyncIterable<Changes> {
  let second = toSecond(since);
  let seen = new Set<string>();
  let endsAt: number | null = null;
  for (;;) {
    const { rows, date } = await listRoots(
      root,
      { ...modified({ after: second - 1 }), orderby: 'modified', order: 'asc', per_page: PAGE_MAX },
      call,
    );
    endsAt ??= Math.floor((date ?? Number.POSITIVE_INFINITY) / 1000);
    const last = rows.reduce((latest, row) => Math.max(latest, modifiedSecond(row) ?? latest), second);
    const fresh = rows.filter((row) => !seen.has(row.wire.id) || modifiedSecond(row) !== second);
    if (rows.length === PAGE_MAX && last === second) {
      yield* walkSecond(listRoots, root, second, call);
      second += 1;
      seen = new Set();
      continue;
    }
    if (fresh.length > 0) yield { rows: fresh, changedTo: fromSecond(last) };
    if (rows.length < PAGE_MAX || last > endsAt) return;
    second = last;
    seen = new Set(rows.filter((row) => modifiedSecond(row) === last).map(({ wire }) => wire.id));
  }
}

async function* walkSecond(
  listRoots: ListRoots,
  root: RootKind,
  second: number,
  call: CallContext,
): AsyncIterable<Changes> {
  const within = modified({ after: second - 1, before: second + 1 });
  for await (const { rows } of walkById((query) => listRoots(root, { ...within, ...query }, call), START))
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
