import type { CreateResult, RootDraft, WriteContext } from '../store-connector.ts';
import { createCustomer } from './shopify-create-customer.ts';
import { createOrder } from './shopify-create-order.ts';
import { createProduct } from './shopify-create-product.ts';
import { inParallel } from '../in-parallel.ts';
import type { WriterParts } from './shopify-write.ts';
import { createWriteSession, type WriteSession } from './shopify-write-session.ts';

export type CreateParts = WriterParts;

/** Makes roots; one result per draft, in order. */
export function createCreator(parts: CreateParts) {
  return async (drafts: readonly RootDraft[], call: WriteContext): Promise<readonly CreateResult[]> => {
    const session = createWriteSession(parts.client, call);
    if (drafts.some(({ root }) => root === 'product')) await parts.shop.location(call);
    const results = await inParallel(drafts, parts.maxConcurrent, (draft) =>
      session.guarded(() => createRoot(draft, session, parts)),
    );
    session.end();
    return results;
  };
}

async function createRoot(draft: RootDraft, session: WriteSession, parts: CreateParts): Promise<CreateResult> {
  switch (draft.root) {
    case 'product':
      return await createProduct(draft, session, parts);
    case 'order':
      return await createOrder(draft, session, parts);
    case 'customer':
      return await createCustomer(draft, session, parts);
  }
}
