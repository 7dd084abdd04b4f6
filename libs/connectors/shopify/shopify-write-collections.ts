import { z } from 'zod';

import type { StoredProduct } from '#libs/model/stored.ts';
import type { RootPatch } from '../store-connector.ts';
import type { WriteFailure } from './shopify-client.ts';
import type { Collections } from './shopify-collections.ts';
import * as documents from './shopify-documents-content.ts';
import { toGid } from './shopify-ids.ts';
import type { ProductNative } from './shopify-mapping.ts';
import { userErrorWire } from './shopify-wire.ts';
import { refusal, type WriteSession } from './shopify-write-session.ts';

type Joined =
  | { readonly ok: true; readonly categories: readonly string[] }
  | { readonly ok: false; readonly failure: WriteFailure };

const answer = z.object({
  productUpdate: z.object({
    product: z.object({ collections: z.object({ nodes: z.array(z.object({ title: z.string() })) }) }).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

/** Puts a product into the collections of these titles, and takes it out of all others but those that fill themselves. */
export async function joinCollections(
  patch: RootPatch,
  titles: readonly string[],
  { session, collections }: { readonly session: WriteSession; readonly collections: Collections },
): Promise<Joined> {
  const native = ((patch.present as StoredProduct).native ?? {}) as Partial<ProductNative>;
  const present = native.collections ?? [];
  const wanted = new Set(titles);
  const missing = titles.filter(
    (title) => !present.some((one) => one.title === title) && !collections.fillsItself(title),
  );
  const found = await collections.ensure(missing, session);
  if (!found.ok) return found;
  const leave = present
    .filter(({ title }) => !wanted.has(title) && !collections.fillsItself(title))
    .map(({ id }) => id);
  const sent = await session.send(documents.JOIN_COLLECTIONS, answer, {
    product: {
      id: toGid('Product', patch.targetId),
      collectionsToJoin: found.ids,
      ...(leave.length === 0 ? {} : { collectionsToLeave: leave }),
    },
  });
  if (!sent.ok) return { ok: false, failure: sent.failure };
  const { product, userErrors } = sent.data.productUpdate;
  const refused = refusal(userErrors);
  if (refused !== null) return { ok: false, failure: refused };
  return { ok: true, categories: (product?.collections.nodes ?? []).map(({ title }) => title).toSorted() };
}
