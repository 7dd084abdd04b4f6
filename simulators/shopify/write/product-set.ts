import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import { setAvailable } from '../inventory.ts';
import { insertMedia } from '../media.ts';
import { writeMetafield } from '../metafields.ts';
import { variantsOf } from '../read/catalogue.ts';
import type { ProductRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';
import { blankToNull } from './inventory-item.ts';
import {
  insertProduct,
  insertVariant,
  removeVariant,
  resolveOptions,
  sameOptions,
  toOptions,
  updateProductFields,
  updateVariantFields,
  type ProductInput,
  type VariantInput,
} from './product-parts.ts';
import { findProduct, productErrors, type ProductIdentifier } from './products.ts';

type SetVariant = VariantInput & {
  readonly inventoryQuantities?: Maybe<readonly { locationId: string; name: string; quantity: number }[]>;
};
type SetInput = ProductInput & {
  readonly productOptions?: Maybe<
    readonly { name?: Maybe<string>; values?: Maybe<readonly { name?: Maybe<string> }[]> }[]
  >;
  readonly variants?: Maybe<readonly SetVariant[]>;
  readonly files?: Maybe<readonly { originalSource?: Maybe<string>; alt?: Maybe<string>; id?: Maybe<string> }[]>;
};
type Args = {
  readonly identifier?: Maybe<ProductIdentifier>;
  readonly input: SetInput & { readonly id?: Maybe<string> };
  readonly synchronous?: Maybe<boolean>;
};

export const productSetMutations: ResolverMap[string] = {
  productSet: (_: unknown, args: Args, context) => {
    const { world } = context;
    if (args.synchronous !== false) {
      const { product, userErrors } = setProduct(world, args);
      return { product, productSetOperation: null, userErrors };
    }
    const id = world.gid('ProductSetOperation');
    const productSetOperation = world.productOperations.insert({
      id,
      productId: null,
      status: 'CREATED',
      userErrors: [],
    });
    world.schedule(world.settings.jobMs, () => {
      const { product, userErrors } = setProduct(world, args);
      world.productOperations.update(id, { status: 'COMPLETE', productId: product?.id ?? null, userErrors });
    });
    return { product: null, productSetOperation, userErrors: [] };
  },
};

/** Creates or overwrites: lists that are sent replace the old ones, what is not sent stays. */
function setProduct(
  world: World,
  { identifier, input }: Args,
): { product: ProductRecord | null; userErrors: UserErrorRecord[] } {
  const named = identifier ?? (typeof input.id === 'string' ? { id: input.id } : undefined);
  const known = named === undefined ? undefined : findProduct(world, named);
  if (typeof named?.id === 'string' && known === undefined)
    return refuse(userError(['input'], 'Product does not exist', 'PRODUCT_DOES_NOT_EXIST'));
  if (known === undefined && (input.title ?? '').trim() === '')
    return refuse(userError(['input', 'title'], "Title can't be blank", 'INVALID_INPUT'));
  const errors = [...productErrors(world, known?.id, input), ...shapeErrors(input)];
  if (errors.length > 0)
    return refuse(
      ...errors.map((error) => ({
        ...error,
        field: ['input', ...(error.field ?? []).filter((part) => part !== 'input')],
        code: error.code ?? 'INVALID_INPUT',
      })),
    );

  const options = input.productOptions?.map((option) => ({
    name: option.name ?? '',
    values: (option.values ?? []).map(({ name }) => name ?? ''),
  }));
  const handle = named?.handle ?? input.handle;
  const fresh =
    known ??
    insertProduct(
      world,
      { ...input, ...(handle === undefined ? {} : { handle }) },
      toOptions(world, options ?? [{ name: 'Title', values: ['Default Title'] }]),
    );
  if (known !== undefined && options !== undefined)
    world.products.update(known.id, { options: toOptions(world, options, known.options) });
  updateProductFields(world, world.products.get(fresh.id) ?? fresh, input);
  if (known === undefined && named?.customId !== undefined && named.customId !== null)
    writeMetafield(world, fresh.id, { ...named.customId, type: 'id' });
  replaceLists(world, fresh.id, input);
  if (input.variants !== undefined && input.variants !== null) replaceVariants(world, fresh.id, input.variants);
  else if (known === undefined)
    insertVariant(
      world,
      fresh,
      {},
      fresh.options.map(({ name, values }) => ({ name, value: values[0]?.name ?? '' })),
    );
  return { product: world.products.get(fresh.id) ?? null, userErrors: [] };
}

function shapeErrors(input: SetInput): UserErrorRecord[] {
  if (input.variants === undefined || input.variants === null) return [];
  if (input.productOptions === undefined || input.productOptions === null) {
    return [
      userError(
        ['input', 'productOptions'],
        'The product options input is required when updating variants',
        'PRODUCT_OPTIONS_INPUT_MISSING',
      ),
    ];
  }
  if (input.variants.length > 2048)
    return [
      userError(['input', 'variants'], 'You can only create up to 2048 variants per product.', 'VARIANTS_OVER_LIMIT'),
    ];
  return [];
}

function replaceLists(world: World, productId: string, input: SetInput): void {
  if (input.metafields !== undefined && input.metafields !== null) {
    const sent = new Set(input.metafields.map(({ namespace, key }) => `${namespace ?? ''}.${key ?? ''}`));
    for (const field of world.metafields.of(productId))
      if (!sent.has(`${field.namespace}.${field.key}`) && field.type !== 'id') world.metafields.remove(field.id);
  }
  if (input.files === undefined || input.files === null) return;
  const old = world.products.get(productId)?.media ?? [];
  world.products.update(productId, {
    media: input.files.flatMap(({ id, originalSource, alt }) => {
      const kept = old.find((media) => media.id === id);
      if (kept !== undefined) return [{ ...kept, alt: alt === undefined ? kept.alt : blankToNull(alt) }];
      return typeof originalSource === 'string' ? [insertMedia(world, { originalSource, alt })] : [];
    }),
  });
}

function replaceVariants(world: World, productId: string, inputs: readonly SetVariant[]): void {
  const product = world.products.get(productId);
  if (product === undefined) return;
  const old = variantsOf(world, productId);
  const kept = new Set<string>();
  for (const [index, input] of inputs.entries()) {
    const resolved = resolveOptions(product, input.optionValues);
    const selected = typeof resolved === 'string' ? [] : resolved;
    const match =
      old.find(({ id }) => id === input.id) ??
      old.find((variant) => !kept.has(variant.id) && sameOptions(variant.selectedOptions, selected));
    const placed = { ...input, position: index + 1 };
    if (match !== undefined) updateVariantFields(world, match, placed, selected);
    const id = match?.id ?? insertVariant(world, product, placed, selected).id;
    kept.add(id);
    for (const { locationId, quantity } of input.inventoryQuantities ?? [])
      setAvailable(world, world.variants.get(id)?.inventoryItemId ?? '', locationId, quantity);
  }
  for (const variant of old) if (!kept.has(variant.id)) removeVariant(world, variant);
}

function refuse(...userErrors: UserErrorRecord[]): { product: null; userErrors: UserErrorRecord[] } {
  return { product: null, userErrors };
}
