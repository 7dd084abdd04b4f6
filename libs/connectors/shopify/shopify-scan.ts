import { z } from 'zod';

import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { ReadContext, ScanPage } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import { TooDear } from './shopify-envelope.ts';
import { locationVariables, productsPage, wantsContent } from './shopify-documents-products.ts';
import * as reads from './shopify-documents-read.ts';
import { toUtc } from './shopify-ids.ts';
import { toStoredCustomer } from './shopify-mapping.ts';
import type { Reader } from './shopify-read.ts';
import type { Shop } from './shopify-shop.ts';
import { customersPageAnswer, ordersPageAnswer, productsPageAnswer } from './shopify-wire.ts';

export type Pager = {
  /** Every root by rising id: a key that does not shift, and no page is deeper than the first. */
  readonly byId: (root: RootKind, after: string | null, call: ReadContext) => AsyncIterable<ScanPage>;
  /** What changed at or after `since`, oldest first. */
  readonly byChange: (root: RootKind, since: string, call: ReadContext) => AsyncIterable<ScanPage>;
  readonly createdSince: (root: RootKind, since: string, call: ReadContext) => Promise<readonly StoredRoot[]>;
};

const PAGE_MAX: Readonly<Record<RootKind, number>> = { product: 50, order: 50, customer: 250 };

type Page = {
  readonly roots: readonly StoredRoot[];
  readonly next: string | null;
  /** By the clock that the shop sorts by: no row behind this page was indexed with an earlier change. Null where none is said. */
  readonly from: string | null;
};
type Asked = { readonly query: string | null; readonly sortKey: string; readonly after: string | null };

type AskPage = (root: RootKind, asked: Asked, call: ReadContext) => Promise<Page>;

function createPageReader(client: ShopifyClient, shop: Shop, reader: Reader): AskPage {
  const sizes = { ...PAGE_MAX };

  /** A page that is too much for the shop is asked for in half the size; one that costs more than a document may, and so are all after it. */
  const ask = async (root: RootKind, asked: Asked, call: ReadContext, first = sizes[root]): Promise<Page> => {
    try {
      return await askPage(root, { first, ...asked }, call);
    } catch (error) {
      if (!isTooMuch(error) || first <= 1) throw error;
      const half = Math.ceil(first / 2);
      if (error instanceof TooDear) sizes[root] = Math.min(sizes[root], half);
      return await ask(root, asked, call, half);
    }
  };
  const askPage = async (
    root: RootKind,
    variables: Asked & { readonly first: number },
    call: ReadContext,
  ): Promise<Page> => {
    switch (root) {
      case 'product': {
        const locations = await shop.locations(call);
        const more = { ...locationVariables(locations), content: wantsContent(call.fields) };
        const { products } = await client.read(
          productsPage(locations.length),
          productsPageAnswer,
          { ...variables, ...more },
          call,
        );
        const roots = [];
        for (const wire of products.nodes) roots.push(await reader.wholeProduct(wire, call));
        return { roots, next: nextOf(products.pageInfo), from: earliest(products.nodes) };
      }
      case 'order': {
        const history = call.fields.has('order.history');
        const { orders } = await client.read(reads.ORDERS_PAGE, ordersPageAnswer, { ...variables, history }, call);
        const roots = [];
        for (const wire of orders.nodes) roots.push(await reader.wholeOrder(wire, call));
        return { roots, next: nextOf(orders.pageInfo), from: earliest(orders.nodes) };
      }
      case 'customer': {
        const { customers } = await client.read(reads.CUSTOMERS_PAGE, customersPageAnswer, variables, call);
        const roots = customers.nodes.map(toStoredCustomer);
        return { roots, next: nextOf(customers.pageInfo), from: earliest(customers.nodes) };
      }
    }
  };
  return ask;
}

/** Dearer than allowed, or the shop gave up over it: said in an answer of the API, other than by a shop that is down. */
function isTooMuch(error: unknown): boolean {
  return error instanceof TooDear || (isSyncError(error) && error.code === 'STORE_FAILED' && error.status === null);
}

export function createPager(client: ShopifyClient, shop: Shop, reader: Reader): Pager {
  const ask = createPageReader(client, shop, reader);

  return {
    async *byId(root, after, call) {
      for (let last = after; ;) {
        const page = await ask(root, { query: last === null ? null : `id:>${last}`, sortKey: 'ID', after: null }, call);
        last = page.roots.at(-1)?.id ?? null;
        if (last === null) return;
        yield { roots: page.roots, cursor: last };
        if (page.next === null) return;
      }
    },
    async *byChange(root, since, call) {
      const begin = new Date(Date.parse(since) - INDEX_LAG_MS).toISOString();
      for (let from = toUtc(begin) ?? begin, after: string | null = null, seen = 0; ;) {
        const page: Page = await ask(root, { query: `updated_at:>='${from}'`, sortKey: 'UPDATED_AT', after }, call);
        if (page.roots.length > 0) yield { roots: page.roots, cursor: page.from ?? from };
        if (page.next === null) return;
        seen += page.roots.length;
        after = page.next;
        // Paging ends at 25,000 objects: a new window begins where this page did, which is read again.
        if (seen >= WINDOW_MAX && page.from !== null && page.from > from) [from, after, seen] = [page.from, null, 0];
      }
    },
    async createdSince(root, since, call) {
      const from = toUtc(since) ?? since;
      const found: StoredRoot[] = [];
      // Customers cannot be searched by their creation; but nothing was changed before it was made.
      const field = root === 'customer' ? 'updated_at' : 'created_at';
      const sortKey = root === 'customer' ? 'UPDATED_AT' : 'CREATED_AT';
      for (let after: string | null = null; ;) {
        const page: Page = await ask(root, { query: `${field}:>='${from}'`, sortKey, after }, call);
        found.push(...page.roots.filter(({ createdAt }) => createdAt === null || createdAt >= from));
        if (page.next === null) return found;
        after = page.next;
      }
    },
  };
}

const WINDOW_MAX = 20_000;
/**
 * What changed is found by a search, whose index lags: usually by seconds, in bad hours by more. What was indexed too late for the last
 * look is still in this one; and as nobody acts on what is as it was settled, it costs only its reads.
 */
const INDEX_LAG_MS = 180_000;

/**
 * The index has a row as it was, which is never later than the row says now; so the earliest of a page is where the next window
 * may begin.
 */
function earliest(rows: readonly { readonly updatedAt?: string | null | undefined }[]): string | null {
  const times = rows.map(({ updatedAt }) => toUtc(updatedAt));
  return times.reduce((first, time) => (time !== null && (first === null || time < first) ? time : first), null);
}

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string() });

function nextOf(info: unknown): string | null {
  const page = pageInfo.safeParse(info).data;
  return page?.hasNextPage === true ? page.endCursor : null;
}
