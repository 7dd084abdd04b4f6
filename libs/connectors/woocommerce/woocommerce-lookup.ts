import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import type { ReadContext, StoreConnector } from '../store-connector.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import type { CompleteRoot } from './woocommerce-complete.ts';
import { createdVia, CUSTOMER_SOURCE_META, draftSlug, SOURCE_META } from './woocommerce-marks.ts';
import { readText, stamps, toUtc } from './woocommerce-mapping.ts';
import type { ListRoots, ReadRoots } from './woocommerce-read.ts';
import type { RootWire } from './woocommerce-rows.ts';
import { withoutZone } from './woocommerce-scan.ts';
import { youngWireSchema, type YoungWire } from './woocommerce-wire.ts';

export type LookupParts = {
  readonly client: WooClient;
  readonly listRoots: ListRoots;
  readonly readRoots: ReadRoots;
  readonly completeRoot: CompleteRoot;
  readonly now: () => number;
};

/**
 * What carries these source ids. WooCommerce filters by no meta, so each kind is asked for by what can be asked for exactly: an
 * order by `created_via`, a product by the slug that it has until it is whole. What was whole already, and is not linked, was made
 * not long ago: the marks of what is young are kept, and what came since is read each time.
 */
export function createFindBySourceId(parts: LookupParts): StoreConnector['findBySourceId'] {
  const young = { product: createYoung(parts, 'product'), customer: createYoung(parts, 'customer') };
  return async (root, sourceIds, call) => {
    switch (root) {
      case 'order':
        return findOrders(parts, sourceIds, call);
      case 'product': {
        const drafts = await findDrafts(parts, sourceIds, call);
        const missing = sourceIds.filter((_, index) => drafts[index] === null);
        const whole = missing.length === 0 ? new Map<string, StoredRoot>() : await young.product(missing, call);
        return sourceIds.map((id, index) => drafts[index] ?? whole.get(id) ?? null);
      }
      case 'customer': {
        const found = await young.customer(sourceIds, call);
        return sourceIds.map((id) => found.get(id) ?? null);
      }
    }
  };
}

/** The oldest of several: a double is the later one. What lies in the trash is there as well, and must not be made again. */
async function findOrders(
  { listRoots, completeRoot }: LookupParts,
  sourceIds: readonly string[],
  call: ReadContext,
): Promise<readonly (StoredRoot | null)[]> {
  const marks = [...new Set(sourceIds.map((id) => createdVia(id)))];
  const found = new Map<string, RootWire>();
  for (const part of chunksOf(marks, PAGE_MAX))
    for (const status of ['trash', 'any']) {
      const query = { created_via: part.join(','), status, per_page: PAGE_MAX, orderby: 'id', order: 'desc' };
      const { rows } = await listRoots('order', query, call);
      for (const row of rows) if (row.root === 'order') found.set(row.wire.created_via.toLowerCase(), row);
    }
  return Promise.all(
    sourceIds.map(async (id) => {
      const row = found.get(createdVia(id).toLowerCase());
      if (row === undefined || row.root !== 'order') return null;
      // `created_via` is asked for without regard to case.
      if (stamps(row.wire, SOURCE_META).sourceId !== null && stamps(row.wire, SOURCE_META).sourceId !== id) return null;
      return completeRoot(row, undefined, call);
    }),
  );
}

async function findDrafts(
  { listRoots, completeRoot }: LookupParts,
  sourceIds: readonly string[],
  call: ReadContext,
): Promise<readonly (StoredRoot | null)[]> {
  return Promise.all(
    sourceIds.map(async (id) => {
      const { rows } = await listRoots('product', { slug: draftSlug(id), per_page: 1 }, call);
      const [row] = rows;
      if (row === undefined || row.root !== 'product') return null;
      return { ...(await completeRoot(row, undefined, call)), sourceId: id };
    }),
  );
}

// A creation that is in doubt is looked at again within minutes, after a long outage within days.
const YOUNG_MS = 7 * 86_400_000;
// A row may show a little after the second in which it says that it was made.
const OVERLAP_S = 120;

/** Marks of what is young, by source id. */
function createYoung({ client, readRoots, now }: LookupParts, root: 'product' | 'customer') {
  const idBySource = new Map<string, string>();
  let readTo: number | null = null;
  return async (sourceIds: readonly string[], call: ReadContext): Promise<ReadonlyMap<string, StoredRoot>> => {
    const since = readTo === null ? Math.floor((now() - YOUNG_MS) / 1000) : readTo - OVERLAP_S;
    for await (const row of youngRows(client, root, since, call)) {
      const sourceId = readText(row.meta_data, markOf(root));
      if (sourceId !== null) idBySource.set(sourceId, row.id);
      const second = secondOf(row);
      if (second !== null) readTo = Math.max(readTo ?? 0, second);
    }
    const hits = sourceIds.flatMap((sourceId) => {
      const id = idBySource.get(sourceId);
      return id === undefined ? [] : [{ sourceId, id }];
    });
    const roots = await readRoots(root, hits, call);
    return new Map(
      hits.flatMap(({ sourceId }, index): [string, StoredRoot][] => {
        const found = roots[index] ?? null;
        return found === null || found.sourceId !== sourceId ? [] : [[sourceId, found]];
      }),
    );
  };
}

function markOf(root: RootKind): string {
  return root === 'customer' ? CUSTOMER_SOURCE_META : SOURCE_META;
}

/** Newest first. Customers know no filter by date, and are walked until they are older. */
async function* youngRows(
  client: WooClient,
  root: 'product' | 'customer',
  since: number,
  call: ReadContext,
): AsyncIterable<YoungWire> {
  const query =
    root === 'customer'
      ? { role: 'all', orderby: 'registered_date' }
      : { after: withoutZone(since - 1), dates_are_gmt: 'true', orderby: 'date' };
  for (let page = 1; ; page++) {
    const paging = { order: 'desc', per_page: PAGE_MAX, page, _fields: 'id,date_created_gmt,meta_data' };
    const request = { path: `/${root}s`, query: { ...query, ...paging }, action: `list young ${root}s` };
    const { data } = await client.get(youngWireSchema.array(), request, call);
    yield* data;
    const last = data.at(-1);
    if (data.length < PAGE_MAX || last === undefined || (secondOf(last) ?? 0) < since) return;
  }
}

function secondOf({ date_created_gmt: gmt }: YoungWire): number | null {
  const at = toUtc(gmt);
  return at === null ? null : Math.floor(Date.parse(at) / 1000);
}
