import { z } from 'zod';

import type { Product } from '#libs/model/product.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { Retirement, WriteContext, WriteResult } from '../store-connector.ts';
import type { Document } from './shopify-documents.ts';
import * as documents from './shopify-documents-retire.ts';
import { inParallel } from '../in-parallel.ts';
import { toGid } from './shopify-ids.ts';
import { toProductStatus } from './shopify-mapping.ts';
import { userErrorWire, type UserErrorWire } from './shopify-wire.ts';
import type { WriterParts } from './shopify-write.ts';
import { toProductInput } from './shopify-write-products.ts';
import { createWriteSession, refusal, type WriteSession } from './shopify-write-session.ts';

/** Nothing of a customer can be archived: there is only deleting. */
export const ARCHIVABLE: ReadonlySet<RootKind> = new Set(['product', 'order']);
export const DELETABLE: ReadonlySet<RootKind> = new Set(['product', 'order', 'customer']);

const STORED: WriteResult = { outcome: 'stored', stored: {} };

/** Archives, deletes and restores; one result per root, in order. */
export function createRetirer({ client, maxConcurrent }: Pick<WriterParts, 'client' | 'maxConcurrent'>) {
  return async (items: readonly Retirement[], call: WriteContext): Promise<readonly WriteResult[]> => {
    const session = createWriteSession(client, call);
    const results = await inParallel(items, maxConcurrent, (item) => retire(item, session));
    session.end();
    return results;
  };
}

async function retire(item: Retirement, session: WriteSession): Promise<WriteResult> {
  if (item.how === 'delete') return await remove(item, session);
  switch (item.root) {
    case 'product':
      return await setStatus(item, item.how === 'archive' ? 'archived' : (item.status ?? 'active'), session);
    case 'order':
      return item.how === 'archive'
        ? await send(documents.CLOSE_ORDER, { input: { id: toGid('Order', item.targetId) } }, session)
        : await send(documents.OPEN_ORDER, { input: { id: toGid('Order', item.targetId) } }, session);
    case 'customer':
      return { outcome: 'refused', message: 'Shopify archives no customers' };
  }
}

const statusAnswer = z.object({
  productUpdate: z.object({
    product: z.object({ status: z.string() }).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

/** What the shop then says of it is what is stored: it may keep another status. */
async function setStatus(
  { targetId }: Retirement,
  status: Product['status'],
  session: WriteSession,
): Promise<WriteResult> {
  const product = { id: toGid('Product', targetId), ...toProductInput({ status }) };
  const sent = await session.send(documents.RETIRE_PRODUCT, statusAnswer, { product });
  if (!sent.ok) return sent.failure;
  const { product: stored, userErrors } = sent.data.productUpdate;
  const refused = refusal(userErrors);
  if (refused !== null) return refused;
  if (stored === null || stored === undefined)
    return { outcome: 'unknown', message: 'the product’s status was not told' };
  return { outcome: 'stored', stored: { [targetId]: { status: toProductStatus(stored.status) } } };
}

async function remove({ root, targetId }: Retirement, session: WriteSession): Promise<WriteResult> {
  switch (root) {
    case 'product':
      return await send(documents.DELETE_PRODUCT, { input: { id: toGid('Product', targetId) } }, session, isGone);
    case 'order':
      return await send(documents.DELETE_ORDER, { orderId: toGid('Order', targetId) }, session, isGone);
    case 'customer':
      return await send(documents.DELETE_CUSTOMER, { input: { id: toGid('Customer', targetId) } }, session, isGone);
  }
}

const answer = z.record(z.string(), z.object({ userErrors: z.array(userErrorWire) }));

async function send(
  document: Document,
  variables: Readonly<Record<string, unknown>>,
  session: WriteSession,
  isDone: (error: UserErrorWire) => boolean = () => false,
): Promise<WriteResult> {
  const sent = await session.send(document, answer, variables);
  if (!sent.ok) return sent.failure;
  const errors = Object.values(sent.data).flatMap(({ userErrors }) => userErrors);
  return refusal(errors.filter((error) => !isDone(error))) ?? STORED;
}

/** What was to be deleted is not there: an answer that was lost, or a person, was quicker. Most of these errors bear no code. */
function isGone({ code, message }: UserErrorWire): boolean {
  return code === 'NOT_FOUND' || /does not exist|can.t be found/i.test(message);
}
