import { z } from 'zod';

import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { abortReason, type Clock } from '#libs/runtime/clock.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { Fetch } from '../http.ts';
import type { ReadContext, ScanPage } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import { bulkProducts, wantsContent } from './shopify-documents-products.ts';
import * as reads from './shopify-documents-read.ts';
import * as writes from './shopify-documents-write.ts';
import { readBulkRoots, type BulkRoot } from './shopify-bulk-rows.ts';
import { toGid } from './shopify-ids.ts';
import type { Reader } from './shopify-read.ts';
import type { Shop } from './shopify-shop.ts';
import { bulkStatusAnswer, userErrorWire } from './shopify-wire.ts';

export type BulkParts = {
  readonly client: ShopifyClient;
  readonly shop: Shop;
  readonly reader: Pick<Reader, 'roots'>;
  /** As of the reader. */
  readonly events: boolean;
  readonly clock: Clock;
  readonly fetch: Fetch;
};

type RowsReader = ReadableStreamDefaultReader<Uint8Array>;

const POLL_MS = 1_000;
const PAGE = 250;
const CURSOR = /^bulk\/([^/]+)\/(\d+)$/;

/** Walks every root by a bulk export. Null where none can be had (another runs, no permission): the caller then pages. */
export async function openBulkScan(
  root: RootKind,
  after: string | null,
  parts: BulkParts,
  call: ReadContext,
): Promise<AsyncIterable<ScanPage> | null> {
  if (call.fields.has('product.categories') || call.fields.has('product.images')) return null;
  const resumed = CURSOR.exec(after ?? '');
  if (after !== null && resumed === null) return null;
  try {
    const id = resumed?.[1] === undefined ? await start(root, parts, call) : toGid('BulkOperation', resumed[1]);
    if (id === null) return null;
    const done = await finish(id, parts, call);
    if (done === undefined) return null;
    const file = done.url === null ? null : await openFile(done.url, parts.fetch, call.signal);
    // The address of a result is good for a week: after that there is nothing to go on with.
    if (file === undefined) return null;
    return pages(root, { id, file, count: done.count, skip: Number(resumed?.[2] ?? 0) }, parts, call);
  } catch (error) {
    // A token without permission for exports can still page.
    if (isSyncError(error) && error.code === 'STORE_REFUSED') return null;
    throw error;
  }
}

const startAnswer = z.object({
  bulkOperationRunQuery: z.object({
    bulkOperation: z.object({ id: z.string() }).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

async function start(root: RootKind, { client, shop }: BulkParts, call: ReadContext): Promise<string | null> {
  const query = await queryFor(root, shop, call);
  // Starting an export changes nothing in the shop, so it is a read.
  const { bulkOperationRunQuery } = await client.read(writes.RUN_BULK, startAnswer, { query }, call);
  return bulkOperationRunQuery.userErrors.length > 0 ? null : (bulkOperationRunQuery.bulkOperation?.id ?? null);
}

async function queryFor(root: RootKind, shop: Shop, call: ReadContext): Promise<string> {
  switch (root) {
    case 'product':
      return bulkProducts(await shop.locations(call), wantsContent(call.fields));
    case 'order':
      return reads.bulkOrders(call.fields.has('order.history'));
    case 'customer':
      return reads.BULK_CUSTOMERS;
  }
}

const ENDED_BADLY = new Set(['FAILED', 'CANCELED', 'CANCELING', 'EXPIRED']);

type Done = { readonly url: string | null; readonly count: number | null };

/** The address of the result, null where there is nothing to list; undefined: the export did not come to its end, or is gone. */
async function finish(id: string, { client, clock }: BulkParts, call: ReadContext): Promise<Done | undefined> {
  for (;;) {
    const { bulkOperation } = await client.read(reads.BULK_STATUS, bulkStatusAnswer, { id }, call);
    if (bulkOperation === null || bulkOperation === undefined || ENDED_BADLY.has(bulkOperation.status))
      return undefined;
    if (bulkOperation.status === 'COMPLETED') return toDone(bulkOperation);
    await clock.sleep(POLL_MS, call.signal);
  }
}

function toDone({ url, objectCount }: { url?: string | null | undefined; objectCount?: string | null | undefined }) {
  const count = objectCount === null || objectCount === undefined ? null : Number(objectCount);
  // An empty result has no address; one that held rows and has none any more is no empty one.
  if ((url ?? null) === null && count !== null && count > 0) return undefined;
  return { url: url ?? null, count };
}

type Export = {
  readonly id: string;
  readonly file: RowsReader | null;
  /** How many rows the shop says it wrote; null where it does not say. */
  readonly count: number | null;
  readonly skip: number;
};

async function* pages(
  root: RootKind,
  { id, file, count, skip }: Export,
  parts: BulkParts,
  call: ReadContext,
): AsyncIterable<ScanPage> {
  if (file === null) return;
  const { currency } = await parts.shop.info(call);
  let page: BulkRoot[] = [];
  let seen = 0;
  const cursor = (): string => `bulk/${id.slice(id.lastIndexOf('/') + 1)}/${seen}`;
  const rows = readBulkRoots(root, counted(readLines(file, call.signal), count), { currency, events: parts.events });
  for await (const stored of rows) {
    seen += 1;
    if (seen <= skip) continue;
    page.push(stored);
    if (page.length < PAGE) continue;
    yield { roots: await completed(root, page, parts, call), cursor: cursor() };
    page = [];
  }
  if (page.length > 0) yield { roots: await completed(root, page, parts, call), cursor: cursor() };
}

/** What an export cannot hold whole is read once more; what is gone by then is left out. */
async function completed(
  root: RootKind,
  page: readonly BulkRoot[],
  { reader }: BulkParts,
  call: ReadContext,
): Promise<readonly StoredRoot[]> {
  const partial = page.filter(({ whole }) => !whole).map(({ stored: { id } }) => ({ id }));
  if (partial.length === 0) return page.map(({ stored }) => stored);
  const again = await reader.roots(root, partial, call);
  const found = new Map(again.flatMap((stored) => (stored === null ? [] : [[stored.id, stored] as const])));
  return page.flatMap(({ stored, whole }) => (whole ? stored : (found.get(stored.id) ?? [])));
}

/** What is under an export's address; undefined where it is not there any more. */
async function openFile(url: string, fetch: Fetch, signal: AbortSignal): Promise<RowsReader | undefined> {
  const answer = await unbroken(signal, () => fetch(url, { method: 'GET', signal }));
  // Taken in hand at once: Node empties the body of an answer that nobody refers to any more, unless somebody is reading it.
  if (answer.ok && answer.body !== null) return (answer.body as ReadableStream<Uint8Array>).getReader();
  await answer.body?.cancel();
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return undefined;
  throw new SyncError('STORE_FAILED', `Cannot fetch the export: HTTP ${answer.status}`, { status: answer.status });
}

/** The lines of a file as they arrive: however long it is, one chunk is held at a time. */
async function* readLines(reader: RowsReader, signal: AbortSignal): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await unbroken(signal, () => reader.read());
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
    if (rest !== '') yield rest;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A file that ends early, at the end of a line, would make what it leaves out look as if it were not in the shop. */
async function* counted(lines: AsyncIterable<string>, count: number | null): AsyncIterable<string> {
  let seen = 0;
  for await (const line of lines) {
    seen += 1;
    yield line;
  }
  if (count !== null && seen < count)
    throw new SyncError('STORE_SILENT', `Cannot fetch the export: it ends after ${seen} of ${count} rows`);
}

async function unbroken<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw new SyncError('STORE_SILENT', 'Cannot fetch the export: it broke off', { cause: error });
  }
}
