import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { CreateResult, RootDraft } from '../store-connector.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import type { CreateParts } from './woocommerce-create.ts';
import { express, hasImageEnding } from './woocommerce-express.ts';
import { draftSlug, VARIANT_META } from './woocommerce-marks.ts';
import { writeImages } from './woocommerce-write-images.ts';
import { toTermsBody } from './woocommerce-write-products.ts';
import type { WriteFailure, WriteSession } from './woocommerce-write-session.ts';
import { sourceMeta, toProductBody, toVariantBody, type Body, type MetaBody } from './woocommerce-write-values.ts';
import { batchWireSchema, idOnlySchema } from './woocommerce-wire.ts';

type ProductDraft = Extract<RootDraft, { readonly root: 'product' }>;
type DraftVariant = ProductDraft['variants'][number];

const VARIATIONS_MAX = 100;
const SKU_MAX = 100;
const TAKEN = /^(?:product_invalid_sku|woocommerce_rest_product_not_created)\b/;

/**
 * Makes a product as a draft, under a slug by which half of it is found again; then its variations and images; and shows it, with
 * its own slug, when it is whole.
 */
export async function createProduct(
  draft: ProductDraft,
  session: WriteSession,
  parts: CreateParts,
): Promise<CreateResult> {
  const why = whyNot(draft);
  if (why !== null) return { outcome: 'refused', message: why };
  const product = keptOf(draft.product);
  const terms = await toTermsBody({ categories: product.categories, tags: product.tags }, session, parts);
  if ('failure' in terms) return terms.failure;
  const brand = product.brand === null ? { body: {} } : await toTermsBody({ brand: product.brand }, session, parts);
  // A shop that keeps no brands sells the product all the same.
  if ('failure' in brand && brand.failure.outcome !== 'refused') return brand.failure;
  const { weightUnit } = await parts.shop.units(session.call);
  const body = toDraftBody(draft, product, weightUnit);
  const half = draft.half?.root === 'product' ? draft.half : undefined;
  const sent = await session.send(idOnlySchema, {
    ...(half === undefined
      ? { method: 'POST' as const, path: '/products' }
      : { method: 'PUT' as const, path: `/products/${half.id}` }),
    body: { ...body, ...terms.body, ...('body' in brand ? brand.body : {}) },
    action: half === undefined ? 'create a product' : `complete product ${half.id}`,
  });
  if (!sent.ok) return half === undefined ? toTaken(sent.failure) : sent.failure;
  const { id } = sent.data;
  const failure = await finish(id, draft, product, weightUnit, session, parts);
  // What could not be completed is told; once more would end the same way.
  if (failure !== null && half !== undefined) return failure;
  const [stored] = await parts.readRoots('product', [{ id }], { ...session.call, fields: new Set() });
  if (stored === null || stored === undefined || stored.root !== 'product')
    return { outcome: 'unknown', message: 'the product was made, and cannot be read' };
  const complete = failure === null && stored.variants.length >= draft.variants.length;
  if (!complete && half !== undefined)
    return { outcome: 'refused', message: 'it was left half made, and cannot be completed' };
  return { outcome: 'created', stored, complete };
}

function whyNot({ variants }: ProductDraft): string | null {
  if (variants.length === 0) return 'it has no variant that could be sold';
  const long = variants.find(({ variant }) => (variant.sku ?? '').length > SKU_MAX);
  // The shop would take it, not find it by it, and not keep a second one from having it.
  if (long !== undefined) return `a SKU is longer than ${String(SKU_MAX)} characters`;
  if (variants.length > 1 && variants.some(({ variant }) => variant.options.length === 0))
    return 'nothing tells its variants apart';
  return null;
}

/** The draft as this shop can hold it: what it cannot is left out, as it would be of a patch. */
function keptOf(product: Product): Product {
  const selected = ['description', 'categories', 'tags', 'brand', 'seo', 'status'] as const;
  const asked = Object.fromEntries(selected.map((field) => [field, product[field]]));
  const { wanted } = express({ entity: 'product', wanted: asked, present: null, selected });
  return { ...product, ...wanted };
}

function toTaken(failure: WriteFailure): CreateResult {
  return failure.outcome === 'refused' && TAKEN.test(failure.message)
    ? { outcome: 'taken', message: failure.message }
    : failure;
}

// ── the product's own row ────────────────────────────────────────────────────────────────────────────────────

function toDraftBody({ sourceId, variants }: ProductDraft, product: Product, weightUnit: string | null): Body {
  const { title, description, seo } = product;
  const own = toProductBody({ title, description, seo: seoOrNone(seo) }, 'yoast');
  const only = isSimple(variants) ? variants[0] : undefined;
  const meta: readonly MetaBody[] = [
    ...((own['meta_data'] as readonly MetaBody[] | undefined) ?? []),
    ...(only === undefined ? [] : [{ key: VARIANT_META, value: only.sourceId }]),
    sourceMeta(sourceId),
  ];
  return {
    ...own,
    type: only === undefined ? 'variable' : 'simple',
    status: 'draft',
    slug: draftSlug(sourceId),
    ...(only === undefined ? { attributes: toAttributes(variants) } : toSellableBody(only.variant, weightUnit)),
    meta_data: meta,
  };
}

/** Keys with nothing in them are not written at all. */
function seoOrNone(seo: Product['seo']): Product['seo'] | undefined {
  return seo.title === null && seo.description === null ? undefined : seo;
}

function isSimple(variants: readonly DraftVariant[]): boolean {
  return variants.length === 1 && (variants[0]?.variant.options.length ?? 0) === 0;
}

/** All values of all options, in the order of their coming; WooCommerce splits them at `|`. */
function toAttributes(variants: readonly DraftVariant[]): readonly Body[] {
  const values = new Map<string, Set<string>>();
  for (const { variant } of variants)
    for (const { name, value } of variant.options)
      values.set(name, (values.get(name) ?? new Set()).add(optionOf(value)));
  return [...values].map(([name, options], position) => ({
    name,
    position,
    visible: true,
    variation: true,
    options: [...options],
  }));
}

function optionOf(value: string): string {
  return value.replaceAll('|', '/');
}

function toSellableBody(variant: Variant, weightUnit: string | null): Body {
  const { quantity, tracked, backorders, stockStatus, price, compareAtPrice, barcode, weight } = variant;
  const wanted: FieldValues = {
    quantity: tracked ? (quantity ?? 0) : null,
    backorders,
    stockStatus,
    price,
    compareAtPrice,
    ...(barcode === null ? {} : { barcode }),
    ...(weight === null ? {} : { weight }),
  };
  const kept = express({ entity: 'variant', wanted, source: variant, present: null, selected: Object.keys(wanted) });
  return {
    ...(variant.sku === null ? {} : { sku: variant.sku }),
    ...toVariantBody(kept.wanted, {}, weightUnit),
    ...(variant.requiresShipping === false ? { virtual: true } : {}),
  };
}

// ── variations, images, and the end ──────────────────────────────────────────────────────────────────────────

/** Null: it is whole, and shown where it is to be shown. */
async function finish(
  id: string,
  draft: ProductDraft,
  product: Product,
  weightUnit: string | null,
  session: WriteSession,
  parts: CreateParts,
): Promise<WriteFailure | null> {
  if (!isSimple(draft.variants)) {
    const failure = await createVariations(id, lackingVariants(draft), weightUnit, session);
    if (failure !== null) return failure;
  }
  // An image that cannot be had would keep the product from being made; without it, it is sold all the same.
  const images = product.images.filter(({ url }) => hasImageEnding(url));
  const failure = images.length === 0 ? null : await writeImages(id, images, session, parts);
  if (failure !== null && failure.outcome !== 'refused') return failure;
  const { handle, title, status } = product;
  const shown = toProductBody({ handle: handle === '' ? title : handle, status }, 'yoast');
  const sent = await session.send(idOnlySchema, {
    method: 'PUT',
    path: `/products/${id}`,
    body: shown,
    action: `show product ${id}`,
  });
  return sent.ok ? null : sent.failure;
}

/** Those that are not there yet, by their mark, else by their SKU: a variation's mark is written last of all. */
function lackingVariants({ half, variants }: ProductDraft): readonly DraftVariant[] {
  if (half?.root !== 'product') return variants;
  return variants.filter(
    ({ sourceId, variant }) =>
      !half.variants.some(
        (there) => there.sourceId === sourceId || (variant.sku !== null && there.variant.sku === variant.sku),
      ),
  );
}

async function createVariations(
  id: string,
  variants: readonly DraftVariant[],
  weightUnit: string | null,
  session: WriteSession,
): Promise<WriteFailure | null> {
  for (const part of chunksOf(variants, VARIATIONS_MAX)) {
    const create = part.map(({ sourceId, variant }) => ({
      ...toSellableBody(variant, weightUnit),
      attributes: variant.options.map(({ name, value }) => ({ name, option: optionOf(value) })),
      meta_data: [sourceMeta(sourceId)],
    }));
    const request = { method: 'POST' as const, path: `/products/${id}/variations/batch`, body: { create } };
    const sent = await session.send(batchWireSchema, { ...request, action: `create variations of product ${id}` });
    if (!sent.ok) return sent.failure;
    const error = sent.data.create.find((row) => row.error !== null && row.error !== undefined)?.error;
    if (error !== null && error !== undefined)
      return { outcome: 'refused', message: `${error.code}: ${error.message}` };
  }
  return null;
}
