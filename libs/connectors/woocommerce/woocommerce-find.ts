import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import type { CallContext, ReadContext, StoreConnector } from '../store-connector.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import type { CompleteRoot } from './woocommerce-complete.ts';
import type { ListRoots, ReadRoots } from './woocommerce-read.ts';
import type { RootWire } from './woocommerce-rows.ts';
import { withoutZone } from './woocommerce-scan.ts';
import { skuHitSchema } from './woocommerce-wire.ts';

type Finders = Pick<StoreConnector, 'findByKey' | 'listCreatedSince' | 'readRootsOf'>;

export type FindParts = {
  readonly client: WooClient;
  readonly listRoots: ListRoots;
  readonly readRoots: ReadRoots;
  readonly completeRoot: CompleteRoot;
};

export function createFinders(parts: FindParts): Finders {
  return {
    async findByKey(key, values, call) {
      switch (key) {
        case 'sku':
          return findBySku(parts, values, call);
        case 'email':
          return Promise.all(values.map((value) => findByEmail(parts, value, call)));
        case 'order-number':
          return Promise.all(values.map((value) => findByNumber(parts, value, call)));
      }
    },

    listCreatedSince: (root, since, call) => listCreatedSince(parts, root, since, call),

    async readRootsOf(childKind, ids, call) {
      if (childKind !== 'variation') return ids.map(() => null);
      return Promise.all(ids.map((id) => findParent(parts.client, id, call)));
    },
  };
}

type SkuHit = { readonly sku: string; readonly rootId: string };

/** `sku=` finds variations too, which are answered as products with their parent. It is case-insensitive, and so are we. */
async function findBySku(parts: FindParts, skus: readonly string[], call: ReadContext): Promise<StoredRoot[][]> {
  const wanted = [...new Set(skus.filter((sku) => sku !== ''))];
  // A SKU with a comma would be read as several, unless it is asked for alone.
  const plain = chunksOf(
    wanted.filter((sku) => !sku.includes(',')),
    SKUS_MAX,
  );
  const questions = [...plain, ...wanted.filter((sku) => sku.includes(',')).map((sku) => [sku])];
  const hits = (await Promise.all(questions.map((question) => askSkus(parts.client, question, call)))).flat();
  const ids = [...new Set(hits.map(({ rootId }) => rootId))];
  const roots = await parts.readRoots(
    'product',
    ids.map((id) => ({ id })),
    call,
  );
  const byId = new Map(roots.flatMap((root) => (root === null ? [] : [[root.id, root] as const])));
  return skus.map((sku) => {
    const own = hits.filter((hit) => hit.sku.toLowerCase() === sku.toLowerCase());
    return [...new Set(own.map(({ rootId }) => rootId))].flatMap((id) => byId.get(id) ?? []);
  });
}

// Long SKUs of many bytes would pass the 8 kB that web servers allow an address.
const SKUS_MAX = 25;

async function askSkus(client: WooClient, skus: readonly string[], call: CallContext): Promise<SkuHit[]> {
  const { data } = await client.get(
    skuHitSchema.array(),
    {
      path: '/products',
      query: { sku: skus.join(','), per_page: PAGE_MAX, _fields: 'id,sku,type,parent_id' },
      action: 'find products by SKU',
    },
    call,
  );
  return data.flatMap(({ id, sku, type, parent_id: parentId }) => {
    if (type !== 'variation') return [{ sku, rootId: id }];
    return parentId === '0' ? [] : [{ sku, rootId: parentId }];
  });
}

async function findByEmail(parts: FindParts, email: string, call: ReadContext): Promise<StoredRoot[]> {
  // Anything else than an address is a 400.
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return [];
  const { rows } = await parts.listRoots('customer', { email, per_page: PAGE_MAX }, call);
  const exact = rows.filter((row) => 'email' in row.wire && row.wire.email.toLowerCase() === email.toLowerCase());
  return completeAll(parts, exact, call);
}

/** `search` looks into much else, so what it finds is compared; plain shops have the id as number. */
async function findByNumber(parts: FindParts, value: string, call: ReadContext): Promise<StoredRoot[]> {
  const number = value.replace(/^#/, '');
  if (number === '') return [];
  const queries = [{ search: number }, ...(/^[1-9]\d*$/.test(number) ? [{ include: number }] : [])];
  const pages = await Promise.all(
    queries.map((query) => parts.listRoots('order', { ...query, per_page: PAGE_MAX }, call)),
  );
  const exact = new Map<string, RootWire>();
  for (const row of pages.flatMap(({ rows }) => rows))
    if ('number' in row.wire && row.wire.number.replace(/^#/, '') === number) exact.set(row.wire.id, row);
  return completeAll(parts, [...exact.values()], call);
}

function completeAll(parts: FindParts, rows: readonly RootWire[], call: ReadContext): Promise<StoredRoot[]> {
  return Promise.all(rows.map((row) => parts.completeRoot(row, undefined, call)));
}

/** By the shop's clock, whole seconds. `after` is exclusive, and customers know no such filter: they are listed newest first. */
async function listCreatedSince(
  parts: FindParts,
  root: RootKind,
  since: string,
  call: ReadContext,
): Promise<StoredRoot[]> {
  const second = Math.floor(Date.parse(since) / 1000);
  const query =
    root === 'customer'
      ? { orderby: 'registered_date', order: 'desc' }
      : { after: withoutZone(second - 1), dates_are_gmt: 'true', orderby: 'date', order: 'desc' };
  const found = new Map<string, RootWire>();
  // New ones come in front while pages are read, so rows only move to later pages, where they are met again.
  for (let page = 1; ; page++) {
    const { rows } = await parts.listRoots(root, { ...query, per_page: PAGE_MAX, page }, call);
    const young = rows.filter(({ wire }) => createdSecond(wire.date_created_gmt) >= second);
    for (const row of young) found.set(row.wire.id, row);
    if (rows.length < PAGE_MAX || young.length < rows.length) break;
  }
  return completeAll(parts, [...found.values()], call);
}

function createdSecond(gmt: string | null | undefined): number {
  return Math.floor(Date.parse(`${gmt ?? ''}Z`) / 1000);
}

/** The products endpoint answers for a variation's id as well, and names its parent. */
async function findParent(client: WooClient, id: string, call: CallContext) {
  if (!/^[1-9]\d*$/.test(id)) return null;
  const hit = await client.find(
    skuHitSchema,
    { path: `/products/${id}`, query: { _fields: 'id,sku,type,parent_id' }, action: `read product ${id}` },
    call,
  );
  if (hit === null) return null;
  const parent = hit.parent_id;
  if (hit.type !== 'variation') return { root: 'product' as const, rootId: hit.id };
  return parent === '0' ? null : { root: 'product' as const, rootId: parent, children: [id] };
}
