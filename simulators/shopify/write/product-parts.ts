import type { Maybe } from '../context.ts';
import { toPrice } from '../decimals.ts';
import { setAvailable } from '../inventory.ts';
import { writeMetafield, type MetafieldInput } from '../metafields.ts';
import { variantsOf } from '../read/catalogue.ts';
import type { ProductOption, ProductRecord, SelectedOption, VariantRecord } from '../records.ts';
import type { World } from '../world.ts';
import { applyItemInput, blankToNull, type InventoryItemInput } from './inventory-item.ts';

export type OptionValueInput = {
  readonly id?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly optionId?: Maybe<string>;
  readonly optionName?: Maybe<string>;
};

export type ProductInput = {
  readonly title?: Maybe<string>;
  readonly descriptionHtml?: Maybe<string>;
  readonly handle?: Maybe<string>;
  readonly vendor?: Maybe<string>;
  readonly productType?: Maybe<string>;
  readonly tags?: Maybe<readonly string[]>;
  readonly status?: Maybe<ProductRecord['status']>;
  readonly seo?: Maybe<{ readonly title?: Maybe<string>; readonly description?: Maybe<string> }>;
  readonly collections?: Maybe<readonly string[]>;
  readonly collectionsToJoin?: Maybe<readonly string[]>;
  readonly collectionsToLeave?: Maybe<readonly string[]>;
  readonly metafields?: Maybe<readonly MetafieldInput[]>;
};

export type VariantInput = {
  readonly id?: Maybe<string>;
  readonly sku?: Maybe<string>;
  readonly barcode?: Maybe<string>;
  readonly price?: Maybe<string>;
  readonly compareAtPrice?: Maybe<string>;
  readonly taxable?: Maybe<boolean>;
  readonly position?: Maybe<number>;
  readonly inventoryPolicy?: Maybe<VariantRecord['inventoryPolicy']>;
  readonly inventoryItem?: Maybe<InventoryItemInput>;
  readonly optionValues?: Maybe<readonly OptionValueInput[]>;
  readonly metafields?: Maybe<readonly MetafieldInput[]>;
};

export function toHandle(title: string): string {
  return (
    title
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'product'
  );
}

/** A handle taken from the title is numbered until it is free. */
export function freeHandle(world: World, title: string): string {
  const base = toHandle(title);
  for (let number = 0; ; number += 1) {
    const handle = number === 0 ? base : `${base}-${number}`;
    if (world.products.byKey(handle).length === 0) return handle;
  }
}

export function toOptions(
  world: World,
  options: readonly { readonly name: string; readonly values: readonly string[] }[],
  known: readonly ProductOption[] = [],
): ProductOption[] {
  return options.map(({ name, values }, index) => {
    const old = known.find((option) => option.name === name);
    return {
      id: old?.id ?? world.gid('ProductOption'),
      name,
      position: index + 1,
      values: [...new Set(values)].map(
        (value) =>
          old?.values.find((candidate) => candidate.name === value) ?? {
            id: world.gid('ProductOptionValue'),
            name: value,
          },
      ),
    };
  });
}

export function insertProduct(world: World, input: ProductInput, options: readonly ProductOption[]): ProductRecord {
  const stamp = world.stamp();
  const title = input.title ?? '';
  return world.products.insert({
    id: world.gid('Product'),
    title,
    descriptionHtml: input.descriptionHtml ?? '',
    handle: blankToNull(input.handle) === null ? freeHandle(world, title) : toHandle(input.handle ?? ''),
    vendor: input.vendor ?? world.settings.shopName,
    productType: input.productType ?? '',
    tags: (input.tags ?? []).toSorted(),
    status: input.status ?? 'ACTIVE',
    seo: { title: blankToNull(input.seo?.title), description: blankToNull(input.seo?.description) },
    options,
    media: [],
    collectionIds: [...(input.collections ?? input.collectionsToJoin ?? [])],
    publicationIds: [],
    publishedAt: null,
    createdAt: stamp,
    updatedAt: stamp,
  });
}

/** Only what the input names is written; a list that is sent replaces the old one. */
export function updateProductFields(world: World, product: ProductRecord, input: ProductInput): void {
  const collections = new Set(input.collections ?? product.collectionIds);
  for (const id of input.collectionsToJoin ?? []) collections.add(id);
  for (const id of input.collectionsToLeave ?? []) collections.delete(id);
  world.products.update(product.id, {
    title: input.title ?? product.title,
    descriptionHtml: input.descriptionHtml ?? product.descriptionHtml,
    handle: input.handle === undefined || input.handle === null ? product.handle : toHandle(input.handle),
    vendor: input.vendor ?? product.vendor,
    productType: input.productType ?? product.productType,
    tags: (input.tags ?? product.tags).toSorted(),
    status: input.status ?? product.status,
    seo: {
      title: input.seo?.title === undefined ? product.seo.title : blankToNull(input.seo.title),
      description: input.seo?.description === undefined ? product.seo.description : blankToNull(input.seo.description),
    },
    collectionIds: [...collections],
    updatedAt: world.stamp(),
  });
  for (const field of input.metafields ?? []) writeMetafield(world, product.id, field);
}

export function insertVariant(
  world: World,
  product: ProductRecord,
  input: VariantInput,
  selectedOptions: readonly SelectedOption[],
): VariantRecord {
  const stamp = world.stamp();
  const [id, inventoryItemId] = [world.gid('ProductVariant'), world.gid('InventoryItem')];
  world.variants.insert({
    id,
    productId: product.id,
    inventoryItemId,
    sku: blankToNull(input.inventoryItem?.sku ?? input.sku),
    barcode: blankToNull(input.barcode),
    price: toPrice(input.price ?? '0'),
    compareAtPrice:
      input.compareAtPrice === undefined || input.compareAtPrice === null ? null : toPrice(input.compareAtPrice),
    position: input.position ?? world.variants.of(product.id).length + 1,
    taxable: input.taxable ?? true,
    inventoryPolicy: input.inventoryPolicy ?? 'DENY',
    selectedOptions,
    createdAt: stamp,
    updatedAt: stamp,
  });
  world.items.insert({
    id: inventoryItemId,
    variantId: id,
    tracked: false,
    requiresShipping: true,
    unitCost: null,
    weight: { unit: 'KILOGRAMS', value: 0 },
    createdAt: stamp,
    updatedAt: stamp,
  });
  for (const location of world.locations
    .all()
    .filter(({ isActive }) => isActive)
    .slice(0, 1))
    setAvailable(world, inventoryItemId, location.id, 0);
  if (input.inventoryItem !== undefined && input.inventoryItem !== null) applyItemInput(world, id, input.inventoryItem);
  for (const field of input.metafields ?? []) writeMetafield(world, id, field);
  return world.variants.get(id) as VariantRecord;
}

export function updateVariantFields(
  world: World,
  variant: VariantRecord,
  input: VariantInput,
  selectedOptions = variant.selectedOptions,
): void {
  world.variants.update(variant.id, {
    barcode: input.barcode === undefined ? variant.barcode : blankToNull(input.barcode),
    price: input.price === undefined || input.price === null ? variant.price : toPrice(input.price),
    compareAtPrice:
      input.compareAtPrice === undefined
        ? variant.compareAtPrice
        : input.compareAtPrice === null
          ? null
          : toPrice(input.compareAtPrice),
    taxable: input.taxable ?? variant.taxable,
    position: input.position ?? variant.position,
    inventoryPolicy: input.inventoryPolicy ?? variant.inventoryPolicy,
    selectedOptions,
    updatedAt: world.stamp(),
  });
  const item = { ...(input.sku === undefined ? {} : { sku: input.sku }), ...input.inventoryItem };
  if (Object.keys(item).length > 0) applyItemInput(world, variant.id, item);
  for (const field of input.metafields ?? []) writeMetafield(world, variant.id, field);
}

export function removeVariant(world: World, variant: VariantRecord): void {
  for (const level of world.levels.of(variant.inventoryItemId)) world.levels.remove(level.id);
  for (const field of world.metafields.of(variant.id)) world.metafields.remove(field.id);
  world.items.remove(variant.inventoryItemId);
  world.variants.remove(variant.id);
}

export function removeProduct(world: World, product: ProductRecord): void {
  for (const variant of variantsOf(world, product.id)) removeVariant(world, variant);
  for (const field of world.metafields.of(product.id)) world.metafields.remove(field.id);
  world.products.remove(product.id);
}

/** Option values of an input by name, in the order of the product's options; a string says what is wrong. */
export function resolveOptions(
  product: ProductRecord,
  values: readonly OptionValueInput[] | null | undefined,
): readonly SelectedOption[] | string {
  const selected: SelectedOption[] = [];
  for (const option of product.options) {
    const value = values?.find((candidate) => candidate.optionName === option.name || candidate.optionId === option.id);
    const name = value?.name ?? option.values.find(({ id }) => id === value?.id)?.name;
    if (name === undefined || name === null) return `You need to add option values for ${option.name}`;
    selected.push({ name: option.name, value: name });
  }
  return selected;
}

/** Values that variants use are added to the product's options. */
export function widenOptions(world: World, productId: string): void {
  const product = world.products.get(productId);
  if (product === undefined) return;
  const used = variantsOf(world, productId).flatMap(({ selectedOptions }) => selectedOptions);
  const options = toOptions(
    world,
    product.options.map(({ name, values }) => ({
      name,
      values: [
        ...values.map((value) => value.name),
        ...used.filter((option) => option.name === name).map(({ value }) => value),
      ],
    })),
    product.options,
  );
  world.products.update(productId, { options });
}

export function sameOptions(a: readonly SelectedOption[], b: readonly SelectedOption[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, value }) => b.some((other) => other.name === name && other.value === value))
  );
}
