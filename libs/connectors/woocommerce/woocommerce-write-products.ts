import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Product } from '#libs/model/product.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import type { RootPatch, WriteResult } from '../store-connector.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import { isDraftSlug, SOURCE_META, VARIANT_META } from './woocommerce-marks.ts';
import type { ProductNative, VariantNative } from './woocommerce-mapping.ts';
import { inParallel } from '../in-parallel.ts';
import type { WriterParts } from './woocommerce-write.ts';
import { writeImages } from './woocommerce-write-images.ts';
import type { WriteFailure, WriteSession } from './woocommerce-write-session.ts';
import { isCountedByParent, toProductBody, toStockBody, toVariantBody } from './woocommerce-write-values.ts';
import type { Body, MetaBody } from './woocommerce-write-values.ts';
import { batchWireSchema } from './woocommerce-wire.ts';

/** What one patch sends: the product's own row, and those of its variations. */
type ProductWork = {
  readonly patch: RootPatch;
  readonly failures: WriteResult[];
  body: Body;
  readonly rows: readonly { readonly id: string; readonly body: Body }[];
};

// A batch is no transaction, and its size makes it no faster: what is lost with one answer is kept small.
const ROWS_MAX = 50;
const VARIATIONS_MAX = 100;

/** Writes products and variations in batches, one write of each product in flight; the failures of each patch, in order. */
export async function writeProducts(
  patches: readonly RootPatch[],
  session: WriteSession,
  parts: WriterParts,
): Promise<readonly (readonly WriteResult[])[]> {
  const units = await parts.shop.units(session.call);
  const works: ProductWork[] = [];
  for (const patch of patches) works.push(await toWork(patch, units.weightUnit, session, parts));
  const own = works.filter(({ body }) => Object.keys(body).length > 0);
  for (const part of chunksOf(own, ROWS_MAX)) await sendProducts(part, session);
  await inParallel(
    works.flatMap((work) => chunksOf(work.rows, VARIATIONS_MAX).map((rows) => ({ work, rows }))),
    parts.maxConcurrent,
    ({ work, rows }) => sendVariations(work, rows, session),
  );
  await inParallel(works, parts.maxConcurrent, async (work) => {
    const images = imagesOf(work.patch);
    if (images === null || work.failures.length > 0) return;
    const failure = await writeImages(work.patch.targetId, images, session, parts);
    if (failure !== null) work.failures.push(failure);
  });
  return works.map(({ failures }) => failures);
}

function imagesOf({ entities }: RootPatch): Product['images'] | null {
  const own = entities.find(({ entity, values }) => entity === 'product' && 'images' in values);
  return own === undefined ? null : (own.values['images'] as Product['images']);
}

async function toWork(
  patch: RootPatch,
  weightUnit: string | null,
  session: WriteSession,
  parts: WriterParts,
): Promise<ProductWork> {
  const present = patch.present as StoredProduct;
  const native = present.native as ProductNative;
  const failures: WriteResult[] = [];
  const own: Body[] = [];
  const rows: { id: string; body: Body }[] = [];
  const add = (id: string, body: Body): void => {
    if (Object.keys(body).length > 0) rows.push({ id, body });
  };
  for (const { entity, targetId, values } of patch.entities) {
    if (entity === 'product') {
      own.push(toProductBody(values, native.seo));
      const terms = await toTermsBody(values, session, parts);
      if ('failure' in terms) failures.push(terms.failure);
      else own.push(terms.body);
      continue;
    }
    const stored = present.variants.find(({ id }) => id === targetId);
    if (stored === undefined) continue;
    const body = toVariantBody(values, stored.variant, weightUnit);
    if (isOwn(stored.native)) own.push(body);
    else add(targetId, isCountedByParent(stored.native) ? withoutStock(body) : body);
  }
  const shared = parentStock(patch, present);
  if ('failure' in shared) failures.push(shared.failure);
  else own.push(shared.body);
  if (isShown(patch, native)) own.push({ slug: present.product.title });
  const { ownMeta, rowMeta } = toStamps(patch, present);
  for (const [id, meta] of rowMeta) add(id, { meta_data: [meta] });
  return { patch, failures, body: join([...own, { meta_data: ownMeta }]), rows: joinRows(rows) };
}

// A product of our making that leaves its draft has the address of an unfinished one; WordPress makes one of its title.
function isShown({ entities, made }: RootPatch, native: ProductNative): boolean {
  return (
    made === true &&
    isDraftSlug(native.slug) &&
    entities.some(({ entity, values }) => entity === 'product' && values['status'] === 'active') &&
    !entities.some(({ entity, values }) => entity === 'product' && 'handle' in values)
  );
}

function isOwn(native: unknown): boolean {
  return (native as VariantNative | undefined)?.parentId === null;
}

// ── terms ────────────────────────────────────────────────────────────────────────────────────────────────────

export async function toTermsBody(
  values: FieldValues,
  session: WriteSession,
  { terms }: Pick<WriterParts, 'terms'>,
): Promise<{ readonly body: Body } | { readonly failure: WriteFailure }> {
  const { categories, tags, brand } = values as Partial<Product>;
  const wanted = [
    ['categories', categories],
    ['tags', tags],
    ['brands', brand === undefined ? undefined : brand === null ? [] : [brand]],
  ] as const;
  const body: Record<string, unknown> = {};
  for (const [taxonomy, names] of wanted) {
    if (names === undefined) continue;
    const ids = await terms(taxonomy, names, session);
    if (!ids.ok) return ids;
    body[taxonomy] = ids.data.map((id) => ({ id: Number(id) }));
  }
  return { body };
}

// ── stock on the parent ──────────────────────────────────────────────────────────────────────────────────────

const STOCK_FIELDS = ['quantity', 'tracked', 'backorders', 'stockStatus'] as const;
const STOCK_KEYS = new Set(['manage_stock', 'stock_quantity', 'backorders', 'stock_status']);

function withoutStock(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !STOCK_KEYS.has(key)));
}

/** Variations whose parent counts have one number together: it can be written where all of them want the same. */
function parentStock(
  { entities }: RootPatch,
  { variants }: StoredProduct,
): { readonly body: Body } | { readonly failure: WriteFailure } {
  const counted = variants.filter(({ native }) => isCountedByParent(native));
  const patched = entities.filter(
    ({ entity, targetId, values }) =>
      entity === 'variant' &&
      counted.some(({ id }) => id === targetId) &&
      STOCK_FIELDS.some((field) => field in values),
  );
  const [first] = patched;
  if (first === undefined) return { body: {} };
  const wanted = patched.map(({ values }) => JSON.stringify(STOCK_FIELDS.map((field) => values[field] ?? null)));
  // One that is not in the patch agrees with the number as it is now, and would not any more.
  if (new Set(wanted).size > 1 || patched.length < counted.length)
    return {
      failure: {
        outcome: 'refused',
        message: 'these variations share one stock, which lies on their product, and not all of them want the same',
      },
    };
  return { body: toStockBody(first.values, counted[0]?.variant ?? {}) };
}

// ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

function toStamps(
  { stamps = [] }: RootPatch,
  { variants }: StoredProduct,
): { readonly ownMeta: readonly MetaBody[]; readonly rowMeta: ReadonlyMap<string, MetaBody> } {
  const ownMeta: MetaBody[] = [];
  const rowMeta = new Map<string, MetaBody>();
  for (const { entity, targetId, sourceId } of stamps)
    if (entity === 'product') ownMeta.push({ key: SOURCE_META, value: sourceId });
    else if (isOwn(variants.find(({ id }) => id === targetId)?.native))
      ownMeta.push({ key: VARIANT_META, value: sourceId });
    else rowMeta.set(targetId, { key: SOURCE_META, value: sourceId });
  return { ownMeta, rowMeta };
}

/** One body of several: meta is a list of all of them. */
function join(bodies: readonly Body[]): Body {
  const meta = bodies.flatMap(({ meta_data: some }) => (some as readonly MetaBody[] | undefined) ?? []);
  const { meta_data: _each, ...rest } = Object.assign({}, ...bodies) as Record<string, unknown>;
  return meta.length === 0 ? rest : { ...rest, meta_data: meta };
}

function joinRows(rows: readonly { readonly id: string; readonly body: Body }[]): ProductWork['rows'] {
  const byId = Map.groupBy(rows, ({ id }) => id);
  return [...byId].map(([id, some]) => ({ id, body: join(some.map(({ body }) => body)) }));
}

async function sendProducts(works: readonly ProductWork[], session: WriteSession): Promise<void> {
  const update = works.map(({ patch, body }) => ({ id: Number(patch.targetId), ...body }));
  const sent = await session.send(batchWireSchema, {
    method: 'POST',
    path: '/products/batch',
    body: { update },
    action: 'write products',
  });
  for (const work of works) {
    if (!sent.ok) {
      work.failures.push(sent.failure);
      continue;
    }
    const error = sent.data.update.find(({ id }) => id === work.patch.targetId)?.error;
    if (error !== undefined && error !== null)
      work.failures.push({ outcome: 'refused', message: `${error.code}: ${error.message}` });
  }
}

async function sendVariations(work: ProductWork, rows: ProductWork['rows'], session: WriteSession): Promise<void> {
  const sent = await session.send(batchWireSchema, {
    method: 'POST',
    path: `/products/${work.patch.targetId}/variations/batch`,
    body: { update: rows.map(({ id, body }) => ({ id: Number(id), ...body })) },
    action: `write variations of product ${work.patch.targetId}`,
  });
  if (!sent.ok) return void work.failures.push(sent.failure);
  for (const { id, error } of sent.data.update)
    if (error !== undefined && error !== null)
      work.failures.push({ outcome: 'refused', message: `variant ${id}: ${error.code}: ${error.message}` });
}
