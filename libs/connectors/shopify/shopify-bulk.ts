import { z } from 'zod';

import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { abortReason, type Clock } from '#libs/runtime/clock.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { Fetch } from '../http.ts';
import type { ReadContext, ScanPage } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as reads from './shopify-documents-read.ts';
import * as writes from './shopify-documents-write.ts';
import { readBulkRoots } from './shopify-bulk-rows.ts';
import { toGid } from './shopify-ids.ts';
import { wantsContent } from './shopify-scan.ts';
import type { Shop } from './shopify-shop.ts';
import { bulkStatusAnswer, userErrorWire } from './shopify-wire.ts';

export type BulkParts = {
  readonly client: ShopifyClient;
  readonly shop: Shop;
  readonly clock: Clock;
  readonly fetch: Fetch;
};

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
  // Orders cannot be exported with what is compared: lists of a list (parcels) and holds are missing there.
  if (root === 'order') return null;
  if (call.fields.has('product.categories') || call.fields.has('product.images')) return null;
  const resumed = CURSOR.exec(after ?? '');
  if (after !== null && resumed === null) return null;
  try {
    const id = resumed?.[1] === undefined ? await start(root, parts, call) : toGid('BulkOperation', resumed[1]);
    if (id === null) return null;
    const url = await finish(id, parts, call);
    if (url === undefined) return null;
    return pages(root, { id, url, skip: Number(resumed?.[2] ?? 0) }, parts, call);
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

async function start(
  root: 'product' | 'customer',
  { client, shop }: BulkParts,
  call: ReadContext,
): Promise<string | null> {
  const query =
    root === 'customer' ? reads.BULK_CUSTOMERS : reads.bulkProducts(await shop.location(call), wantsContent(call));
  // Starting an export changes nothing in the shop, so it is a read.
  const { bulkOperationRunQuery } = await client.read(writes.RUN_BULK, startAnswer, { query }, call);
  return bulkOperationRunQuery.userErrors.length > 0 ? null : (bulkOperationRunQuery.bulkOperation?.id ?? null);
}

const ENDED_BADLY = new Set(['FAILED', 'CANCELED', 'CANCELING', 'EXPIRED']);

/** The address of the result; null: there is nothing to list; undefined: the export did not come to its end. */
async function finish(id: string, { client, clock }: BulkParts, call: ReadContext): Promise<string | null | undefined> {
  for (;;) {
    const { bulkOperation } = await client.read(reads.BULK_STATUS, bulkStatusAnswer, { id }, call);
    if (bulkOperation === null || bulkOperation === undefined || ENDED_BADLY.has(bulkOperation.status))
      return undefined;
    if (bulkOperation.status === 'COMPLETED') return bulkOperation.url ?? null;
    await clock.sleep(POLL_MS, call.signal);
  }
}

type Export = { readonly id: string; readonly url: string | null; readonly skip: number };

async function* pages(
  root: 'product' | 'customer',
  { id, url, skip }: Export,
  parts: BulkParts,
  call: ReadContext,
): AsyncIterable<ScanPage> {
  if (url === null) return;
  const { currency } = await parts.shop.info(call);
  let page: StoredRoot[] = [];
  let seen = 0;
  const cursor = (): string => `bulk/${id.slice(id.lastIndexOf('/') + 1)}/${seen}`;
  for await (const stored of readBulkRoots(root, readLines(url, parts.fetch, call.signal), currency)) {
    seen += 1;
    if (seen <= skip) continue;
    page.push(stored);
    if (page.length < PAGE) continue;
    yield { roots: page, cursor: cursor() };
    page = [];
  }
  if (page.length > 0) yield { roots: page, cursor: cursor() };
}

/** The lines of a file as they arrive: however long it is, one chunk is held at a time. */
async function* readLines(url: string, fetch: Fetch, signal: AbortSignal): AsyncIterable<string> {
  try {
    const answer = await fetch(url, { method: 'GET', signal });
    if (!answer.ok || answer.body === null)
      throw new SyncError('STORE_FAILED', `Cannot fetch the export: HTTP ${answer.status}`, { status: answer.status });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const bytes of answer.body) {
      const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
    if (rest !== '') yield rest;
  } catch (error) {
    if (isSyncError(error)) throw error;
    if (signal.aborted) throw abortReason(signal);
    throw new SyncError('STORE_SILENT', 'Cannot fetch the export: it broke off', { cause: error });
  }
}
