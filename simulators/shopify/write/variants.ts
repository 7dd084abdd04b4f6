import type { Context, Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import { levelAt, setAvailable } from '../inventory.ts';
import { checkMetafields } from '../metafields.ts';
import { variantsOf } from '../read/catalogue.ts';
import type { ProductRecord, UserErrorRecord, VariantRecord } from '../records.ts';
import type { World } from '../world.ts';
import {
  insertVariant,
  removeVariant,
  resolveOptions,
  sameOptions,
  updateVariantFields,
  widenOptions,
  type VariantInput,
} from './product-parts.ts';

type BulkVariant = VariantInput & {
  readonly inventoryQuantities?: Maybe<readonly { locationId: string; availableQuantity: number }[]>;
  readonly quantityAdjustments?: Maybe<
    readonly { locationId: string; adjustment?: Maybe<number>; changeFromQuantity?: Maybe<number> }[]
  >;
};
type UpdateArgs = {
  readonly productId: string;
  readonly variants: readonly BulkVariant[];
  readonly allowPartialUpdates?: Maybe<boolean>;
};
type CreateArgs = {
  readonly productId: string;
  readonly variants: readonly BulkVariant[];
  readonly strategy?: Maybe<string>;
};
type Payload = {
  readonly product: unknown;
  readonly productVariants: unknown;
  readonly userErrors: readonly UserErrorRecord[];
};

const noProduct: UserErrorRecord = userError(['productId'], 'Product does not exist', 'PRODUCT_DOES_NOT_EXIST');

export const variantMutations: ResolverMap[string] = {
  productVariantsBulkUpdate: (_: unknown, args: UpdateArgs, context) => bulkUpdate(context, args),
  productVariantsBulkCreate: (_: unknown, args: CreateArgs, context) => bulkCreate(context, args),
  productVariantsBulkDelete: (
    _: unknown,
    { productId, variantsIds }: { productId: string; variantsIds: readonly string[] },
    { world },
  ) => {
    const product = world.products.get(productId);
    if (product === undefined) return { product: null, userErrors: [noProduct] };
    const own = variantsOf(world, productId);
    const doomed = own.filter(({ id }) => variantsIds.includes(id));
    if (doomed.length < new Set(variantsIds).size) {
      const message = 'At least one variant does not belong to the product';
      return {
        product: null,
        userErrors: [userError(['variantsIds'], message, 'AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT')],
      };
    }
    if (doomed.length === own.length)
      return {
        product: null,
        userErrors: [userError(['variantsIds'], 'Cannot delete the last variant', 'CANNOT_DELETE_LAST_VARIANT')],
      };
    for (const variant of doomed) removeVariant(world, variant);
    world.products.update(productId, { updatedAt: world.stamp() });
    return { product: world.products.get(productId), userErrors: [] };
  },
};

/** Without allowPartialUpdates one bad row refuses all of them. */
function bulkUpdate(context: Context, { productId, variants, allowPartialUpdates }: UpdateArgs): Payload {
  const { world } = context;
  const product = world.products.get(productId);
  if (product === undefined) return { product: null, productVariants: null, userErrors: [noProduct] };
  const rows = variants.map((input, index) => ({ input, errors: updateErrors(world, product, input, index) }));
  const userErrors = rows.flatMap(({ errors }) => errors);
  if (userErrors.length > 0 && allowPartialUpdates !== true) return { product, productVariants: null, userErrors };
  const good = rows.filter(({ errors }) => errors.length === 0).slice(0, context.onlyFirst);
  for (const { input } of good) {
    const variant = world.variants.get(input.id);
    if (variant === undefined) continue;
    const selected =
      input.optionValues === undefined || input.optionValues === null
        ? variant.selectedOptions
        : resolveOptions(product, input.optionValues);
    updateVariantFields(world, variant, input, typeof selected === 'string' ? variant.selectedOptions : selected);
    for (const { locationId, adjustment } of input.quantityAdjustments ?? []) {
      setAvailable(
        world,
        variant.inventoryItemId,
        locationId,
        (levelAt(world, variant.inventoryItemId, locationId)?.available ?? 0) + (adjustment ?? 0),
      );
    }
  }
  if (good.some(({ input }) => input.optionValues !== undefined)) widenOptions(world, productId);
  if (good.length > 0) world.products.update(productId, { updatedAt: world.stamp() });
  return {
    product: world.products.get(productId),
    productVariants: good.map(({ input }) => world.variants.get(input.id)),
    userErrors,
  };
}

function updateErrors(world: World, product: ProductRecord, input: BulkVariant, index: number): UserErrorRecord[] {
  const path = ['variants', String(index)];
  if (typeof input.id !== 'string')
    return [userError([...path, 'id'], 'Product variant is missing ID attribute', 'PRODUCT_VARIANT_ID_MISSING')];
  const variant = world.variants.get(input.id);
  if (variant === undefined || variant.productId !== product.id)
    return [userError([...path, 'id'], 'Product variant does not exist', 'PRODUCT_VARIANT_DOES_NOT_EXIST')];
  const errors = valueErrors(world, input, path, input.id);
  if (input.inventoryQuantities !== undefined && input.inventoryQuantities !== null) {
    errors.push(
      userError(
        [...path, 'inventoryQuantities'],
        'Inventory quantities can only be provided during create. To update inventory for existing variants, use inventoryAdjustQuantities.',
        'NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE',
      ),
    );
  }
  for (const [row, { locationId, changeFromQuantity }] of (input.quantityAdjustments ?? []).entries()) {
    if (
      typeof changeFromQuantity !== 'number' ||
      levelAt(world, variant.inventoryItemId, locationId)?.available === changeFromQuantity
    )
      continue;
    errors.push(
      userError(
        [...path, 'quantityAdjustments', row, 'changeFromQuantity'],
        'The changeFromQuantity argument no longer matches the persisted quantity.',
        'INVALID_INPUT',
      ),
    );
  }
  return errors;
}

function valueErrors(world: World, input: BulkVariant, path: readonly string[], variantId: string): UserErrorRecord[] {
  const errors = checkMetafields(world, variantId, input.metafields ?? [], path, 'INVALID_VALUE');
  if (Number(input.price ?? 0) < 0)
    errors.push(userError([...path, 'price'], 'Price must be greater than or equal to 0', 'GREATER_THAN_OR_EQUAL_TO'));
  if (Number(input.compareAtPrice ?? 0) < 0)
    errors.push(
      userError(
        [...path, 'compareAtPrice'],
        'Compare at price must be greater than or equal to 0',
        'GREATER_THAN_OR_EQUAL_TO',
      ),
    );
  return errors;
}

function bulkCreate(context: Context, { productId, variants, strategy }: CreateArgs): Payload {
  const { world } = context;
  const product = world.products.get(productId);
  if (product === undefined) return { product: null, productVariants: null, userErrors: [noProduct] };
  const standalone = variantsOf(world, productId).find(isStandalone);
  const removes =
    standalone !== undefined &&
    strategy !== 'PRESERVE_STANDALONE_VARIANT' &&
    (strategy === 'REMOVE_STANDALONE_VARIANT' || product.options[0]?.name === 'Title');
  const taken = variantsOf(world, productId).filter((variant) => !(removes && variant.id === standalone.id));
  const userErrors = createErrors(world, product, variants, taken);
  if (userErrors.length > 0) return { product, productVariants: null, userErrors };
  if (removes) removeVariant(world, standalone);
  const created = variants.slice(0, context.onlyFirst).map((input) => {
    const selected = resolveOptions(product, input.optionValues);
    const variant = insertVariant(world, product, input, typeof selected === 'string' ? [] : selected);
    for (const { locationId, availableQuantity } of input.inventoryQuantities ?? [])
      setAvailable(world, variant.inventoryItemId, locationId, availableQuantity);
    return variant.id;
  });
  widenOptions(world, productId);
  world.products.update(productId, { updatedAt: world.stamp() });
  return {
    product: world.products.get(productId),
    productVariants: created.map((id) => world.variants.get(id)),
    userErrors: [],
  };
}

function isStandalone({ selectedOptions }: VariantRecord): boolean {
  return selectedOptions.length === 1 && selectedOptions[0]?.value === 'Default Title';
}

function createErrors(
  world: World,
  product: ProductRecord,
  inputs: readonly BulkVariant[],
  taken: readonly VariantRecord[],
): UserErrorRecord[] {
  const seen = taken.map(({ selectedOptions }) => selectedOptions);
  return inputs.flatMap((input, index) => {
    const path = ['variants', String(index)];
    const selected = resolveOptions(product, input.optionValues);
    if (typeof selected === 'string') return [userError(path, selected, 'NEED_TO_ADD_OPTION_VALUES')];
    const title = selected.map(({ value }) => value).join(' / ');
    if (seen.some((other) => sameOptions(other, selected)))
      return [
        userError(
          path,
          `The variant '${title}' already exists. Please change at least one option value.`,
          'VARIANT_ALREADY_EXISTS',
        ),
      ];
    seen.push(selected);
    return valueErrors(world, input, path, 'gid://shopify/ProductVariant/new').map((error) => ({
      ...error,
      code: error.code === 'INVALID_VALUE' ? 'INVALID_INPUT' : (error.code ?? 'INVALID'),
    }));
  });
}
