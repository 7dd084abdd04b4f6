import type { Product } from '#libs/model/product.ts';
import type { WooClient } from './woocommerce-client.ts';
import { IMAGES_META, readBrought } from './woocommerce-mapping.ts';
import type { WriteFailure, WriteSession } from './woocommerce-write-session.ts';
import { imagesWireSchema } from './woocommerce-wire.ts';

type Images = Product['images'];
type Parts = { readonly client: WooClient };

/**
 * Writes a product's images, apart from its data: the shop fetches each new one itself, up to 300 s, and makes another copy of
 * it whenever its address is sent. So what is there already goes by its id; null: they are as wanted.
 */
export async function writeImages(
  productId: string,
  wanted: Images,
  session: WriteSession,
  { client }: Parts,
): Promise<WriteFailure | null> {
  const path = `/products/${productId}`;
  const there = await session.guarded(async () => {
    const request = {
      path,
      query: { _fields: 'id,images,meta_data' },
      action: `read the images of product ${productId}`,
    };
    return (await client.get(imagesWireSchema, request, session.call)).data;
  });
  if ('outcome' in there) return there;
  const images = toImagesBody(wanted, there.images, readBrought(there.meta_data));
  const action = `write the images of product ${productId}`;
  const sent = await session.send(imagesWireSchema, { method: 'PUT', path, body: { images }, action });
  if (!sent.ok) return sent.failure;
  const brought = Object.fromEntries(
    sent.data.images.flatMap(({ id }, index) => {
      const hash = wanted[index]?.hash;
      return hash === undefined ? [] : [[id, hash] as const];
    }),
  );
  if (Object.keys(brought).length === 0) return null;
  const meta = { meta_data: [{ key: IMAGES_META, value: brought }] };
  const kept = await session.send(imagesWireSchema, { method: 'PUT', path, body: meta, action });
  return kept.ok ? null : kept.failure;
}

type There = readonly { readonly id: string; readonly src: string; readonly alt: string }[];

/** Of each wanted image the id where the shop has it, else its address. By hash first; by place where neither side tells. Pure. */
export function toImagesBody(
  wanted: Images,
  there: There,
  brought: ReadonlyMap<string, string>,
): readonly Readonly<Record<string, unknown>>[] {
  const free = new Set(there.map(({ id }) => id));
  const byHash = wanted.map(({ hash }) => {
    const id =
      hash === undefined ? undefined : there.find((one) => free.has(one.id) && brought.get(one.id) === hash)?.id;
    if (id !== undefined) free.delete(id);
    return id;
  });
  return wanted.map(({ url, alt, hash }, index) => {
    const same = there[index];
    const known =
      byHash[index] ??
      (same !== undefined && free.has(same.id) && isUntold(hash, brought.get(same.id)) ? same.id : undefined);
    if (known !== undefined) free.delete(known);
    const text = { alt: alt ?? '' };
    return known === undefined ? { src: url, ...text } : { id: Number(known), ...text };
  });
}

/** Where one of them does not say what it shows, they are taken for the same: nothing contradicts it. */
function isUntold(wanted: string | undefined, there: string | undefined): boolean {
  return wanted === undefined || there === undefined;
}
