import type { CreateResult, RootDraft, WriteContext } from '../store-connector.ts';
import { createCustomer } from './woocommerce-create-customer.ts';
import { createOrder } from './woocommerce-create-order.ts';
import { createProduct } from './woocommerce-create-product.ts';
import { inParallel } from '../in-parallel.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { WriterParts } from './woocommerce-write.ts';
import { createWriteSession, type WriteSession } from './woocommerce-write-session.ts';

export type CreateParts = WriterParts & { readonly random: Random };

/**
 * Creates roots, each with its mark; one result per draft, in order. Customers one after another: two for one e-mail at the same
 * time can become two.
 */
export function createCreator(parts: CreateParts) {
  return async (drafts: readonly RootDraft[], call: WriteContext): Promise<readonly CreateResult[]> => {
    const session = createWriteSession(parts.client, call);
    const results = new Map<RootDraft, CreateResult>();
    const keep = async (draft: RootDraft): Promise<void> => {
      results.set(draft, await session.guarded(() => createRoot(draft, session, parts)));
    };
    for (const draft of drafts) if (draft.root === 'customer') await keep(draft);
    await inParallel(
      drafts.filter(({ root }) => root !== 'customer'),
      parts.maxConcurrent,
      keep,
    );
    session.end();
    return drafts.map((draft) => results.get(draft) ?? { outcome: 'not-sent' });
  };
}

async function createRoot(draft: RootDraft, session: WriteSession, parts: CreateParts): Promise<CreateResult> {
  if (draft.root === 'product') return createProduct(draft, session, parts);
  const loud = await parts.mailGate(draft.root, session.call);
  if (loud !== null) return loud;
  return draft.root === 'order' ? createOrder(draft, session, parts) : createCustomer(draft, session, parts);
}
