import { z } from 'zod';

import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, NaturalKey, ReadContext } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import type { Document } from './shopify-documents.ts';
import * as lookups from './shopify-documents-lookup.ts';
import { fromGid, quoteSearch } from './shopify-ids.ts';
import { createPieces, type Pieces } from './shopify-pieces.ts';
import type { Reader } from './shopify-read.ts';

export type LookUp = {
  readonly bySourceId: (
    root: RootKind,
    sourceIds: readonly string[],
    call: ReadContext,
  ) => Promise<readonly (StoredRoot | null)[]>;
  readonly byKey: (
    key: NaturalKey,
    values: readonly string[],
    call: ReadContext,
  ) => Promise<readonly (readonly StoredRoot[])[]>;
};

/** Look-ups by identifier in one document: one point or two each. */
const IDENTIFIERS_MAX = 100;
/** A search costs about twenty points, and a document at most 1,000. */
const SEARCHES_MAX = 20;
// Before the definition of the id metafield is made, nothing can carry a source id.
const NO_DEFINITION = new Set(['NOT_FOUND']);

const identified = z.object({ id: z.string(), product: z.object({ id: z.string() }).nullish() }).nullish();
const answers = z.record(z.string(), identified);
const searched = z.record(
  z.string(),
  z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        sku: z.string().nullish(),
        name: z.string().nullish(),
        product: z.object({ id: z.string() }).nullish(),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  }),
);

export function createLookUp(client: ShopifyClient, reader: Reader): LookUp {
  const identifiers = createPieces(IDENTIFIERS_MAX);
  const searches = createPieces(SEARCHES_MAX);
  const identify: Identify = (document, values, call) => identifyIn(identifiers, client, { document, values, call });
  const search = (
    what: Search,
    values: readonly string[],
    call: CallContext,
  ): Promise<readonly (readonly string[])[]> => searches(values, (part) => searchFor(client, what, part, call));

  return {
    async bySourceId(root, sourceIds, call) {
      if (sourceIds.length === 0) return [];
      if (root !== 'product') {
        const document = root === 'order' ? lookups.orderIdsBySourceId : lookups.customerIdsBySourceId;
        return await readFound(root, await identify(document, sourceIds, call), reader, call);
      }
      const products = await identify(lookups.productIdsBySourceId, sourceIds, call);
      // A migration may have marked variants alone.
      const unmarked = sourceIds.filter((_, index) => products[index] === null);
      const byVariant = await identify(lookups.variantIdsBySourceId, unmarked, call);
      const ids = sourceIds.map((sourceId, index) => products[index] ?? byVariant[unmarked.indexOf(sourceId)] ?? null);
      return await readFound(root, ids, reader, call);
    },
    async byKey(key, values, call) {
      switch (key) {
        case 'email': {
          const ids = await identify(lookups.customerIdsByEmail, values, call);
          const roots = await readFound('customer', ids, reader, call);
          return roots.map((root) => (root === null ? [] : [root]));
        }
        case 'sku':
          return await readLists('product', await search(BY_SKU, values, call), reader, call);
        case 'order-number':
          return await readLists('order', await search(BY_NUMBER, values, call), reader, call);
      }
    },
  };
}

type Identify = (
  document: (count: number) => Document,
  values: readonly string[],
  call: CallContext,
) => Promise<readonly (string | null)[]>;

/** Ids by value; null where nothing answers to it. */
function identifyIn(
  pieces: Pieces,
  client: ShopifyClient,
  { document, values, call }: { document: (count: number) => Document; values: readonly string[]; call: CallContext },
): Promise<readonly (string | null)[]> {
  return pieces(values, async (part) => {
    const data = await client.read(document(part.length), answers, toVariables(part), call, NO_DEFINITION);
    const none = Object.keys(data).length === 0;
    return part.map((_, index) => {
      const node = data[`k${index}`];
      // Absence is believed only where it was said; an answer without data at all stands beside the error that was allowed.
      if (node === undefined && !none)
        throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot look up by id: the answer leaves some out');
      return node === null || node === undefined ? null : fromGid(node.product?.id ?? node.id);
    });
  });
}

async function readFound(
  root: RootKind,
  ids: readonly (string | null)[],
  reader: Reader,
  call: ReadContext,
): Promise<readonly (StoredRoot | null)[]> {
  const lists = await readLists(
    root,
    ids.map((id) => (id === null ? [] : [id])),
    reader,
    call,
  );
  return lists.map(([found]) => found ?? null);
}

type Found = z.infer<typeof searched>[string]['nodes'][number];
type Search = {
  readonly document: (count: number) => Document;
  /** The same search for one value, gone on with behind a page. */
  readonly more: () => Document;
  readonly toQuery: (value: string) => string;
  /** The root's gid where what was found is what was asked for. */
  readonly accept: (node: Found, value: string) => string | null;
};

const BY_SKU: Search = {
  document: lookups.productIdsBySku,
  more: lookups.moreBySku,
  toQuery: (sku) => `sku:${quoteSearch(sku)}`,
  accept: (node, sku) => (node.sku === sku ? (node.product?.id ?? null) : null),
};
const BY_NUMBER: Search = {
  document: lookups.orderIdsByNumber,
  more: lookups.moreByNumber,
  toQuery: (number) => `name:${quoteSearch(bare(number))}`,
  accept: (node, number) => (bare(node.name ?? '') === bare(number) ? node.id : null),
};

/**
 * A search cuts words and ignores case, so whatever it finds is compared with what was asked, and it is gone through to its end:
 * behind many that only look alike there may be a second one, which makes the first no match.
 */
async function searchFor(
  client: ShopifyClient,
  what: Search,
  values: readonly string[],
  call: CallContext,
): Promise<readonly (readonly string[])[]> {
  const { document, more, toQuery, accept } = what;
  const data = await client.read(document(values.length), searched, toVariables(values.map(toQuery)), call);
  const lists = [];
  for (const [index, value] of values.entries()) {
    let page = answered(data[`k${index}`]);
    const nodes = [...page.nodes];
    while (page.pageInfo.hasNextPage) {
      const variables = { v0: toQuery(value), after: page.pageInfo.endCursor ?? null };
      page = answered((await client.read(more(), searched, variables, call))['k0']);
      nodes.push(...page.nodes);
    }
    const ids = nodes.map((node) => accept(node, value)).filter((id) => id !== null);
    lists.push([...new Set(ids.map(fromGid))]);
  }
  return lists;
}

// A search that was passed over has found nothing out.
function answered<T>(page: T | undefined): T {
  if (page === undefined)
    throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot search: the answer leaves out what was searched for');
  return page;
}

async function readLists(
  root: RootKind,
  lists: readonly (readonly string[])[],
  reader: Reader,
  call: ReadContext,
): Promise<readonly (readonly StoredRoot[])[]> {
  const ids = [...new Set(lists.flat())];
  const roots = await reader.roots(
    root,
    ids.map((id) => ({ id })),
    call,
  );
  return lists.map((list) => list.flatMap((id) => roots[ids.indexOf(id)] ?? []));
}

function bare(number: string): string {
  return number.replace(/^#/, '');
}

function toVariables(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value, index) => [`v${index}`, value]));
}
