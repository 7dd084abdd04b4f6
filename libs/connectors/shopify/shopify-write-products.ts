import { z } from 'zod';

import type { FieldValues } from '#libs/fields/field-names.ts';
import { formatMoney, moneySchema, parseMoney } from '#libs/model/money.ts';
import type { Product } from '#libs/model/product.ts';
import type { StoredProduct, StoredVariant } from '#libs/model/stored.ts';
import type { EntityPatch, RootPatch, WriteResult } from '../store-connector.ts';
import { joinCollections } from './shopify-write-collections.ts';
import * as writes from './shopify-documents-write.ts';
import { chunk, fromGid, toGid } from './shopify-ids.ts';
import { orNull, readStockStatus, toGrams, toProductStatus, type VariantNative } from './shopify-mapping.ts';
import { userErrorWire } from './shopify-wire.ts';
import type { WriterParts } from './shopify-write.ts';
import { writeImages } from './shopify-write-images.ts';
import { refusal, type WriteSession } from './shopify-write-session.ts';
import { spread, type QuantityRow, type RowResult } from './shopify-write-stock.ts';

type Failure = Exclude<WriteResult, { readonly outcome: 'stored' }>;
type Stored = Record<string, Record<string, unknown>>;

/** One product's patch on its way: what is stored so far, what failed, and the quantities that are still to be set. */
export type ProductWork = {
  readonly stored: Stored;
  readonly failures: Failure[];
  readonly quantities: readonly {
    readonly variantId: string;
    readonly quantity: number;
    /** At one location or several, which together come to it. */
    readonly rows: readonly QuantityRow[];
  }[];
};

type ContentParts = Pick<WriterParts, 'client' | 'clock' | 'collections'>;

/** Writes all of a product's patch but the quantities, which are packed with those of other products. */
export async function writeProductFields(
  patch: RootPatch,
  session: WriteSession,
  parts: ContentParts,
): Promise<ProductWork> {
  const work: ProductWork = { stored: {}, failures: [], quantities: toQuantities(patch) };
  for (const entity of patch.entities) {
    if (entity.entity !== 'product') continue;
    await writeProduct(entity, { session, work });
    await writeContent(patch, entity, { session, work }, parts);
  }
  await writeVariants(patch, { session, work });
  return work;
}

/** Pictures and collections have calls of their own. */
async function writeContent(
  patch: RootPatch,
  { targetId, values }: EntityPatch,
  { session, work }: Write,
  parts: ContentParts,
): Promise<void> {
  const { categories, images } = values as Partial<Product>;
  if (categories !== undefined) {
    const joined = await session.guarded(() =>
      joinCollections(patch, categories, { session, collections: parts.collections }),
    );
    if ('outcome' in joined) work.failures.push(joined);
    else if (joined.ok) remember(work.stored, targetId, { categories: joined.categories });
    else work.failures.push(joined.failure);
  }
  if (images !== undefined) {
    const written = await session.guarded(() => writeImages(patch, images, session, parts));
    if ('outcome' in written) work.failures.push(written);
    else if (written.ok) remember(work.stored, targetId, { images: written.images });
    else work.failures.push(written.failure);
  }
}

/** Joins what the quantities brought with what was written before. */
export function endProduct(patch: RootPatch, work: ProductWork, rows: readonly RowResult[]): WriteResult {
  let from = 0;
  for (const { variantId, quantity, rows: own } of work.quantities) {
    const failed = own.flatMap((_, index): Failure[] => {
      const result = rows[from + index] ?? { outcome: 'not-sent' };
      if (result.outcome === 'stored') return [];
      return [
        result.outcome === 'refused' ? { ...result, message: `variant ${variantId}: ${result.message}` } : result,
      ];
    });
    from += own.length;
    if (failed.length === 0) remember(work.stored, variantId, { quantity });
    work.failures.push(...failed);
  }
  const failure = worst(work.failures);
  if (failure !== null) return failure;
  for (const { entity, targetId, values } of patch.entities)
    if (entity === 'variant' && 'stockStatus' in values)
      remember(work.stored, targetId, {
        stockStatus: statusAfter(findVariant(patch, targetId), work.stored[targetId] ?? {}),
      });
  return { outcome: 'stored', stored: work.stored };
}

/** The outcome that demands most of the caller: what may have taken effect comes before what certainly did not. */
const ORDER: readonly Failure['outcome'][] = ['unknown', 'failed', 'throttled', 'not-sent', 'stale', 'refused'];

export function worst(failures: readonly Failure[]): Failure | null {
  return failures.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))[0] ?? null;
}

type Write = { readonly session: WriteSession; readonly work: ProductWork };

// ── product fields ───────────────────────────────────────────────────────────────────────────────────────────

const productAnswer = z.object({
  productUpdate: z.object({
    product: z
      .object({
        title: z.string(),
        descriptionHtml: z.string().nullish(),
        handle: z.string(),
        status: z.string(),
        vendor: z.string().nullish(),
        tags: z.array(z.string()),
        seo: z.object({ title: z.string().nullish(), description: z.string().nullish() }).nullish(),
      })
      .nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

async function writeProduct({ targetId, values }: EntityPatch, { session, work }: Write): Promise<void> {
  const input = toProductInput(values);
  if (Object.keys(input).length === 0) return;
  const product = { id: toGid('Product', targetId), ...input };
  const sent = await session.send(writes.UPDATE_PRODUCT, productAnswer, { product });
  if (!sent.ok) return void work.failures.push(sent.failure);
  const { product: stored, userErrors } = sent.data.productUpdate;
  const refused = refusal(userErrors);
  if (refused !== null) return void work.failures.push(refused);
  if (stored === null || stored === undefined) return;
  const all: Readonly<Record<string, unknown>> = {
    title: stored.title,
    description: stored.descriptionHtml ?? '',
    handle: stored.handle,
    status: toProductStatus(stored.status),
    brand: orNull(stored.vendor),
    tags: stored.tags.toSorted(),
    seo: { title: orNull(stored.seo?.title), description: orNull(stored.seo?.description) },
  };
  remember(work.stored, targetId, pick(all, values));
}

const STATUS: Readonly<Record<Product['status'], string>> = { active: 'ACTIVE', draft: 'DRAFT', archived: 'ARCHIVED' };

/** Named fields only: what is not sent stays as it is. */
export function toProductInput(values: FieldValues): Readonly<Record<string, unknown>> {
  const product = values as Partial<Product>;
  return {
    ...(product.title === undefined ? {} : { title: product.title }),
    ...(product.description === undefined ? {} : { descriptionHtml: product.description }),
    ...(product.handle === undefined ? {} : { handle: product.handle, redirectNewHandle: false }),
    ...(product.status === undefined ? {} : { status: STATUS[product.status] }),
    ...(product.brand === undefined ? {} : { vendor: product.brand ?? '' }),
    ...(product.tags === undefined ? {} : { tags: product.tags }),
    ...(product.seo === undefined
      ? {}
      : { seo: { title: product.seo.title ?? '', description: product.seo.description ?? '' } }),
  };
}

// ── variant fields ───────────────────────────────────────────────────────────────────────────────────────────

const variantsAnswer = z.object({
  productVariantsBulkUpdate: z.object({
    productVariants: z
      .array(
        z
          .object({
            id: z.string(),
            price: z.string().nullish(),
            compareAtPrice: z.string().nullish(),
            barcode: z.string().nullish(),
            inventoryPolicy: z.string(),
            inventoryItem: z.object({
              tracked: z.boolean(),
              measurement: z.object({ weight: z.object({ unit: z.string(), value: z.number() }).nullish() }).nullish(),
            }),
          })
          .nullable(),
      )
      .nullish(),
    userErrors: z.array(userErrorWire),
  }),
});
type UpdatedVariant = NonNullable<
  NonNullable<z.infer<typeof variantsAnswer>['productVariantsBulkUpdate']['productVariants']>[number]
>;

const VARIANT_ROWS_MAX = 250;

async function writeVariants(patch: RootPatch, { session, work }: Write): Promise<void> {
  const rows = patch.entities.flatMap(({ entity, targetId, values }) => {
    const input = entity === 'variant' ? toVariantInput(values) : {};
    return Object.keys(input).length === 0 ? [] : [{ targetId, values, input }];
  });
  for (const part of chunk(rows, VARIANT_ROWS_MAX)) {
    const sent = await session.send(writes.UPDATE_VARIANTS, variantsAnswer, {
      productId: toGid('Product', patch.targetId),
      variants: part.map(({ targetId, input }) => ({ id: toGid('ProductVariant', targetId), ...input })),
    });
    if (!sent.ok) {
      work.failures.push(sent.failure);
      continue;
    }
    const { productVariants, userErrors } = sent.data.productVariantsBulkUpdate;
    for (const { field, message } of userErrors) {
      const row = field?.[0] === 'variants' ? part[Number(field[1])] : undefined;
      work.failures.push({
        outcome: 'refused',
        message: row === undefined ? message : `variant ${row.targetId}: ${message}`,
      });
    }
    for (const variant of productVariants ?? []) {
      const row = part.find(({ targetId }) => variant !== null && targetId === fromGid(variant.id));
      if (row !== undefined && variant !== null)
        remember(work.stored, row.targetId, pick(toStoredFields(variant, row.values), row.values));
    }
  }
}

/** What productVariantsBulkUpdate takes of a patch; quantities are none of it. */
export function toVariantInput(values: FieldValues): Readonly<Record<string, unknown>> {
  const price = moneySchema.nullish().safeParse(values['price']).data;
  const compareAtPrice = moneySchema.nullish().safeParse(values['compareAtPrice']).data;
  const weight = values['weight'] as { readonly grams: number } | null | undefined;
  const inventoryItem = {
    ...('tracked' in values ? { tracked: values['tracked'] } : {}),
    ...(weight === undefined ? {} : { measurement: { weight: { unit: 'GRAMS', value: weight?.grams ?? 0 } } }),
  };
  return {
    ...(price === null || price === undefined ? {} : { price: formatMoney(price) }),
    ...('compareAtPrice' in values
      ? { compareAtPrice: compareAtPrice === null || compareAtPrice === undefined ? null : formatMoney(compareAtPrice) }
      : {}),
    ...('barcode' in values ? { barcode: values['barcode'] ?? '' } : {}),
    ...('backorders' in values ? { inventoryPolicy: values['backorders'] === true ? 'CONTINUE' : 'DENY' } : {}),
    ...(Object.keys(inventoryItem).length === 0 ? {} : { inventoryItem }),
  };
}

function toStoredFields(variant: UpdatedVariant, values: FieldValues): Readonly<Record<string, unknown>> {
  // ISO 4217's word for no currency: nothing agrees with it, so a price nobody sent is never taken for stored.
  const currencyOf = (field: string): string => moneySchema.safeParse(values[field]).data?.currency ?? 'XXX';
  return {
    price: parseMoney(variant.price, currencyOf('price')),
    compareAtPrice: parseMoney(variant.compareAtPrice, currencyOf('compareAtPrice')),
    barcode: orNull(variant.barcode),
    backorders: variant.inventoryPolicy === 'CONTINUE',
    tracked: variant.inventoryItem.tracked,
    ...(variant.inventoryItem.tracked ? {} : { quantity: null }),
    weight: toGrams(variant.inventoryItem.measurement?.weight),
  };
}

// ── stock ────────────────────────────────────────────────────────────────────────────────────────────────────

function toQuantities(patch: RootPatch): ProductWork['quantities'] {
  return patch.entities.flatMap(({ entity, targetId, values }) => {
    const quantity = values['quantity'];
    if (entity !== 'variant' || typeof quantity !== 'number') return [];
    const native = findVariant(patch, targetId)?.native as VariantNative | undefined;
    if (native === undefined) return [];
    return [{ variantId: targetId, quantity, rows: spread(quantity, native) }];
  });
}

function findVariant(patch: RootPatch, id: string): StoredVariant | undefined {
  return (patch.present as StoredProduct).variants.find((variant) => variant.id === id);
}

function statusAfter(present: StoredVariant | undefined, stored: FieldValues): string {
  const after = { ...present?.variant, ...stored } as {
    tracked?: boolean;
    quantity?: number | null;
    backorders?: boolean;
  };
  return readStockStatus({
    tracked: after.tracked ?? true,
    quantity: after.quantity ?? null,
    backorders: after.backorders ?? false,
  });
}

function remember(stored: Stored, id: string, values: Readonly<Record<string, unknown>>): void {
  stored[id] = { ...stored[id], ...values };
}

function pick(all: Readonly<Record<string, unknown>>, asked: FieldValues): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(asked).flatMap((field) => (field in all ? [[field, all[field]]] : [])));
}
