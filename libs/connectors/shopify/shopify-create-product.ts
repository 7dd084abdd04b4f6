import { z } from 'zod';

import { formatMoney } from '#libs/model/money.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import type { CreateResult, RootDraft } from '../store-connector.ts';
import * as reads from './shopify-documents-read.ts';
import * as writes from './shopify-documents-write.ts';
import type { WriteFailure } from './shopify-client.ts';
import type { CreateParts } from './shopify-create.ts';
import { express } from './shopify-express.ts';
import { fromGid, toGid } from './shopify-ids.ts';
import type { ProductNative } from './shopify-mapping.ts';
import { userErrorWire, type UserErrorWire } from './shopify-wire.ts';
import { rememberImages } from './shopify-write-images.ts';
import { toProductInput } from './shopify-write-products.ts';
import { refusal, type Sent, type WriteSession } from './shopify-write-session.ts';

export type ProductDraft = Extract<RootDraft, { readonly root: 'product' }>;

const setAnswer = z.object({
  productSet: z.object({
    product: z.object({ id: z.string() }).nullish(),
    productSetOperation: z.object({ id: z.string(), status: z.string() }).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});
const updateAnswer = z.object({ productUpdate: z.object({ userErrors: z.array(userErrorWire) }) });

const publishAnswer = z.object({ publishablePublish: z.object({ userErrors: z.array(userErrorWire) }) });

// More variants than this are made by the shop in its own time.
const SYNCHRONOUS_MAX = 100;

/** Makes a product with all its variants as a draft, and shows it to shoppers when it is whole. */
export async function createProduct(
  draft: ProductDraft,
  session: WriteSession,
  parts: CreateParts,
): Promise<CreateResult> {
  const impossible = whyNot(draft);
  if (impossible !== null) return { outcome: 'refused', message: impossible };
  const location = await parts.shop.location(session.call);
  const product = expressProduct(draft, parts);
  const found = await parts.collections.ensure(product.categories, session);
  if (!found.ok) return found.failure;
  const synchronous = draft.variants.length <= SYNCHRONOUS_MAX;
  const sent = await session.send(writes.CREATE_PRODUCT, setAnswer, {
    input: toProductSet({ ...draft, product }, { location, collections: found.ids }),
    synchronous,
  });
  const made = await toProductId(sent, session, parts);
  if (typeof made !== 'string') return made;

  const shown = draft.product.status === 'draft' ? true : await show(draft, made, session, parts);
  const [stored] = await parts.reader.roots('product', [{ id: fromGid(made) }], { ...session.call, fields: new Set() });
  if (stored === null || stored === undefined || stored.root !== 'product')
    return { outcome: 'unknown', message: 'the product was made, and cannot be read' };
  // A convenience for later: without it the pictures are told from others by their order and text alone.
  await rememberPictures(stored, product.images, session);
  return { outcome: 'created', stored, complete: shown && stored.variants.length === draft.variants.length };
}

async function rememberPictures(
  stored: StoredProduct,
  images: Product['images'],
  session: WriteSession,
): Promise<void> {
  const media = ((stored.native as Partial<ProductNative> | undefined)?.media ?? []).filter(({ isImage }) => isImage);
  if (media.length === 0 || media.length !== images.length) return;
  await rememberImages(
    toGid('Product', stored.id),
    media.map(({ id }) => id),
    images,
    session,
  );
}

const VARIANTS_MAX = 2_048;
const OPTIONS_MAX = 3;

/** What the shop would refuse, or would do otherwise than is wanted. */
function whyNot({ variants }: ProductDraft): string | null {
  if (variants.some(({ variant }) => variant.price === null))
    return 'a variant has no price, and Shopify would give it away';
  if (variants.length > VARIANTS_MAX)
    return `it has ${variants.length} variants, and a product in Shopify no more than ${VARIANTS_MAX}`;
  const options = optionNames(variants.map(({ variant }) => variant)).length;
  return options > OPTIONS_MAX
    ? `it has ${options} options, and a product in Shopify no more than ${OPTIONS_MAX}`
    : null;
}

/** The product in Shopify's terms; a picture that cannot be fetched is left out. */
function expressProduct({ product }: ProductDraft, { collections }: CreateParts): Product {
  const images = product.images.filter(({ url }) => /^https?:/.test(url));
  const input = { entity: 'product', wanted: { ...product, images }, present: null, selected: [] } as const;
  const { wanted } = express(input, collections.fillsItself);
  return { ...product, images, ...wanted };
}

async function show(draft: ProductDraft, id: string, session: WriteSession, parts: CreateParts): Promise<boolean> {
  // The channel first: what is still a draft is then known to be unfinished.
  if (draft.product.status === 'active' && (await publish(id, session, parts)) !== null) return false;
  const product = { id, ...toProductInput({ status: draft.product.status }) };
  const sent = await session.send(writes.UPDATE_PRODUCT_STATUS, updateAnswer, { product });
  return sent.ok && sent.data.productUpdate.userErrors.length === 0;
}

/**
 * A product made by API is in no sales channel. Without permission to publish it stays so, as `check` has said; null then too. Any
 * other failure is told: a product that left its draft without a channel would never be put into one.
 */
export async function publish(
  id: string,
  session: WriteSession,
  { shop }: Pick<CreateParts, 'shop'>,
): Promise<WriteFailure | null> {
  const publications = await shop.onlineStores(session.call);
  if (publications.length === 0) return null;
  const input = publications.map((publicationId) => ({ publicationId }));
  const sent = await session.send(writes.PUBLISH, publishAnswer, { id, input });
  if (!sent.ok) return sent.failure.outcome === 'refused' ? null : sent.failure;
  return refusal(sent.data.publishablePublish.userErrors);
}

/** The product's gid, waited for where the shop makes it in its own time; or why there is none. */
async function toProductId(
  sent: Sent<z.infer<typeof setAnswer>>,
  session: WriteSession,
  parts: CreateParts,
): Promise<string | CreateResult> {
  if (!sent.ok) return sent.failure;
  const { product, productSetOperation, userErrors } = sent.data.productSet;
  const refused = toRefusal(userErrors);
  if (refused !== null) return refused;
  if (product !== null && product !== undefined) return product.id;
  if (productSetOperation === null || productSetOperation === undefined)
    return { outcome: 'unknown', message: 'creation named no product' };
  return await awaitOperation(productSetOperation.id, session, parts);
}

const operationAnswer = z.object({
  productOperation: z
    .object({
      status: z.string(),
      product: z.object({ id: z.string() }).nullish(),
      userErrors: z.array(userErrorWire).nullish(),
    })
    .nullish(),
});
const POLL_MS = 1_000;
const POLLS_MAX = 60;

async function awaitOperation(
  id: string,
  { call }: WriteSession,
  { client, clock }: CreateParts,
): Promise<string | CreateResult> {
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    await clock.sleep(POLL_MS, call.signal);
    const { productOperation } = await client.read(reads.PRODUCT_OPERATION, operationAnswer, { id }, call);
    if (productOperation?.status !== 'COMPLETE') continue;
    const refused = toRefusal(productOperation.userErrors ?? []);
    return (
      refused ?? productOperation.product?.id ?? { outcome: 'unknown', message: 'creation ended without a product' }
    );
  }
  return { outcome: 'unknown', message: 'creation is still under way' };
}

/** A source id that is taken means that the product is there already; a taken handle does not. */
export function toRefusal(errors: readonly UserErrorWire[]): CreateResult | null {
  const taken = errors.find(
    ({ field, message }) => (field ?? []).includes('metafields') && /taken|unique/i.test(message),
  );
  if (taken !== undefined) return { outcome: 'taken', message: taken.message };
  const failure = refusal(errors);
  return failure?.outcome === 'refused' ? failure : null;
}

export function sourceIdField(value: string): Readonly<Record<string, string>> {
  return { namespace: 'lockstep', key: 'source_id', type: 'id', value };
}

function toProductSet(
  { sourceId, product, variants }: ProductDraft,
  { location, collections }: { readonly location: string; readonly collections: readonly string[] },
): Readonly<Record<string, unknown>> {
  const names = optionNames(variants.map(({ variant }) => variant));
  const { images } = product;
  return {
    ...toProductInput({
      title: product.title,
      description: product.description,
      ...(product.handle === '' ? {} : { handle: product.handle }),
      brand: product.brand,
      tags: product.tags,
      seo: product.seo,
    }),
    redirectNewHandle: false,
    status: 'DRAFT',
    metafields: [sourceIdField(sourceId)],
    ...(collections.length === 0 ? {} : { collections }),
    ...(images.length === 0
      ? {}
      : {
          files: images.map(({ url, alt }) => ({
            originalSource: url,
            contentType: 'IMAGE',
            ...(alt === null ? {} : { alt }),
          })),
        }),
    productOptions: names.map((name, index) => ({
      name,
      position: index + 1,
      values: [...new Set(variants.map(({ variant }) => valueOf(variant, name)))].map((value) => ({ name: value })),
    })),
    variants: variants.map(({ sourceId: id, variant }) => ({
      ...toVariantSet(variant, location),
      optionValues: names.map((name) => ({ optionName: name, name: valueOf(variant, name) })),
      metafields: [sourceIdField(id)],
    })),
  };
}

/** A product without options has one in Shopify, of this name and value. */
function optionNames(variants: readonly Variant[]): readonly string[] {
  const names = [...new Set(variants.flatMap(({ options }) => options.map(({ name }) => name)))];
  return names.length === 0 ? ['Title'] : names;
}

function valueOf({ options }: Variant, name: string): string {
  return options.find((option) => option.name === name)?.value ?? (name === 'Title' ? 'Default Title' : '-');
}

function toVariantSet(variant: Variant, location: string): Readonly<Record<string, unknown>> {
  const { quantity, stockStatus, tracked, backorders } = variant;
  const { wanted } = express({
    entity: 'variant',
    wanted: { quantity, stockStatus, tracked, backorders },
    source: variant,
    present: null,
    selected: ['quantity', 'stockStatus', 'tracked', 'backorders'],
  });
  const number = wanted['quantity'];
  return {
    ...(variant.price === null ? {} : { price: formatMoney(variant.price) }),
    ...(variant.compareAtPrice === null ? {} : { compareAtPrice: formatMoney(variant.compareAtPrice) }),
    ...(variant.barcode === null ? {} : { barcode: variant.barcode }),
    inventoryPolicy: wanted['backorders'] === true ? 'CONTINUE' : 'DENY',
    inventoryItem: {
      tracked: wanted['tracked'] === true,
      ...(variant.requiresShipping === false ? { requiresShipping: false } : {}),
      ...(variant.sku === null ? {} : { sku: variant.sku }),
      ...(variant.weight === null ? {} : { measurement: { weight: { unit: 'GRAMS', value: variant.weight.grams } } }),
    },
    ...(typeof number === 'number'
      ? { inventoryQuantities: [{ locationId: location, name: 'available', quantity: number }] }
      : {}),
  };
}
