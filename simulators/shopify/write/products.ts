import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import { checkMetafields, ownerByCustomId } from '../metafields.ts';
import { insertMedia, type MediaInput } from '../media.ts';
import type { ProductRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';
import {
  insertProduct,
  insertVariant,
  removeProduct,
  toHandle,
  toOptions,
  updateProductFields,
  type ProductInput,
} from './product-parts.ts';

export type ProductIdentifier = {
  readonly id?: Maybe<string>;
  readonly handle?: Maybe<string>;
  readonly customId?: Maybe<{ readonly namespace?: Maybe<string>; readonly key: string; readonly value: string }>;
};
type CreateInput = ProductInput & {
  readonly productOptions?: Maybe<
    readonly { name?: Maybe<string>; values?: Maybe<readonly { name?: Maybe<string> }[]> }[]
  >;
};

export const productMutations: ResolverMap[string] = {
  productCreate: (
    _: unknown,
    args: { product?: Maybe<CreateInput>; input?: Maybe<CreateInput>; media?: Maybe<readonly MediaInput[]> },
    { world },
  ) => {
    const input = args.product ?? args.input ?? {};
    const errors = productErrors(world, undefined, input);
    if ((input.title ?? '').trim() === '') errors.push(userError(['title'], "Title can't be blank"));
    if (errors.length > 0) return { product: null, userErrors: errors };
    const options = (input.productOptions ?? []).map((option) => ({
      name: option.name ?? 'Title',
      values: (option.values ?? []).map((value) => value.name ?? ''),
    }));
    const product = insertProduct(
      world,
      input,
      toOptions(world, options.length === 0 ? [{ name: 'Title', values: ['Default Title'] }] : options),
    );
    // Creation makes one variant, of the first value of each option.
    insertVariant(
      world,
      product,
      {},
      product.options.map(({ name, values }) => ({ name, value: values[0]?.name ?? '' })),
    );
    updateProductFields(world, product, { metafields: input.metafields });
    addMedia(world, product.id, args.media ?? []);
    return { product: world.products.get(product.id), userErrors: [] };
  },
  productUpdate: (
    _: unknown,
    args: {
      product?: Maybe<ProductInput & { id?: Maybe<string> }>;
      input?: Maybe<ProductInput & { id?: Maybe<string> }>;
      identifier?: Maybe<ProductIdentifier>;
      media?: Maybe<readonly MediaInput[]>;
    },
    { world },
  ) => {
    const input = args.product ?? args.input ?? {};
    const product = findProduct(world, args.identifier ?? { id: input.id });
    if (product === undefined) return { product: null, userErrors: [userError(['id'], 'Product does not exist')] };
    const errors = productErrors(world, product.id, input);
    if (typeof input.title === 'string' && input.title.trim() === '')
      errors.push(userError(['title'], "Title can't be blank"));
    if (errors.length > 0) return { product: null, userErrors: errors };
    updateProductFields(world, product, input);
    addMedia(world, product.id, args.media ?? []);
    return { product: world.products.get(product.id), userErrors: [] };
  },
  productDelete: (
    _: unknown,
    { input, synchronous }: { input: { id: string }; synchronous?: Maybe<boolean> },
    { world },
  ) => {
    const product = world.products.get(input.id);
    if (product === undefined)
      return { deletedProductId: null, userErrors: [userError(['id'], 'Product does not exist')] };
    if (synchronous !== false) {
      removeProduct(world, product);
      return { deletedProductId: product.id, userErrors: [] };
    }
    const id = world.gid('ProductDeleteOperation');
    const productDeleteOperation = world.productOperations.insert({
      id,
      productId: product.id,
      status: 'CREATED',
      userErrors: [],
    });
    world.schedule(world.settings.jobMs, () => {
      const doomed = world.products.get(product.id);
      if (doomed !== undefined) removeProduct(world, doomed);
      world.productOperations.update(id, { status: 'COMPLETE', productId: null });
    });
    return { deletedProductId: null, productDeleteOperation, userErrors: [] };
  },
  publishablePublish: (
    _: unknown,
    args: { id: string; input: readonly { publicationId?: Maybe<string> }[] },
    { world },
  ) => ({ userErrors: publish(world, args, true) }),
  publishableUnpublish: (
    _: unknown,
    args: { id: string; input: readonly { publicationId?: Maybe<string> }[] },
    { world },
  ) => ({ userErrors: publish(world, args, false) }),
};

export function findProduct(world: World, identifier: ProductIdentifier): ProductRecord | undefined {
  if (typeof identifier.handle === 'string') return world.products.byKey(identifier.handle)[0];
  if (identifier.customId !== undefined && identifier.customId !== null)
    return world.products.get(ownerByCustomId(world, 'PRODUCT', identifier.customId));
  return world.products.get(identifier.id);
}

export function productErrors(world: World, productId: string | undefined, input: ProductInput): UserErrorRecord[] {
  const errors = checkMetafields(world, productId ?? 'gid://shopify/Product/new', input.metafields ?? [], []);
  if (
    typeof input.handle === 'string' &&
    input.handle !== '' &&
    world.products.byKey(toHandle(input.handle)).some(({ id }) => id !== productId)
  ) {
    errors.push(
      userError(
        ['handle'],
        `Handle '${input.handle}' already in use. Please provide a new handle.`,
        'HANDLE_NOT_UNIQUE',
      ),
    );
  }
  errors.push(...collectionErrors(world, input));
  return errors;
}

function collectionErrors(world: World, { collections, collectionsToJoin, collectionsToLeave }: ProductInput) {
  const named = { collections, collectionsToJoin, collectionsToLeave };
  return Object.entries(named).flatMap(([field, ids]) =>
    (ids ?? []).flatMap((id, index): UserErrorRecord[] => {
      const collection = world.collections.get(id);
      if (collection === undefined) return [userError([field, index], 'Collection does not exist')];
      return typeof collection.tag !== 'string'
        ? []
        : [userError([field, index], 'Can\u2019t manually add products to a smart collection')];
    }),
  );
}

export function addMedia(world: World, productId: string, media: readonly MediaInput[]): void {
  const product = world.products.get(productId);
  if (product === undefined || media.length === 0) return;
  world.products.update(productId, { media: [...product.media, ...media.map((input) => insertMedia(world, input))] });
}

function publish(
  world: World,
  args: { id: string; input: readonly { publicationId?: Maybe<string> }[] },
  on: boolean,
): UserErrorRecord[] {
  const product = world.products.get(args.id);
  if (product === undefined) return [userError(['id'], 'Resource does not exist')];
  const ids = new Set(product.publicationIds);
  for (const [index, { publicationId }] of args.input.entries()) {
    if (world.publications.get(publicationId) === undefined)
      return [userError(['input', index, 'publicationId'], 'Publication does not exist or is not publishable')];
    if (on) ids.add(publicationId ?? '');
    else ids.delete(publicationId ?? '');
  }
  const publishedAt = ids.size === 0 ? null : (product.publishedAt ?? world.stamp());
  world.products.update(product.id, { publicationIds: [...ids], publishedAt, updatedAt: world.stamp() });
  return [];
}
