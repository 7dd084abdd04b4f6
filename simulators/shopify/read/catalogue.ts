import { connect, type PageArgs } from '../connection.ts';
import { present, type ResolverMap } from '../context.ts';
import { inventoryQuantity, levelAt, levelsOf } from '../inventory.ts';
import type {
  CollectionRecord,
  InventoryItemRecord,
  InventoryLevelRecord,
  MediaRecord,
  ProductOption,
  ProductRecord,
  VariantRecord,
} from '../records.ts';
import { numberOf, type World } from '../world.ts';
import { legacyResourceId, ownerFields } from './metafield-fields.ts';
import { money } from './money.ts';
import { showing } from './shown.ts';

export function variantsOf(world: World, productId: string): readonly VariantRecord[] {
  return world.variants.of(productId).toSorted((a, b) => a.position - b.position);
}

export function variantTitle(variant: VariantRecord): string {
  return variant.selectedOptions.map(({ value }) => value).join(' / ');
}

/** Chosen by people, and those that fill themselves. */
function collectionsOf(world: World, product: ProductRecord): readonly CollectionRecord[] {
  const tags = new Set(product.tags.map((tag) => tag.toLowerCase()));
  return world.collections
    .all()
    .filter(
      ({ id, tag }) => product.collectionIds.includes(id) || (typeof tag === 'string' && tags.has(tag.toLowerCase())),
    );
}

export const catalogueResolvers: ResolverMap = {
  Product: {
    ...ownerFields,
    legacyResourceId,
    tags: (product: ProductRecord) => product.tags.toSorted(),
    options: (product: ProductRecord, { first }: { first?: number | null }) =>
      product.options.slice(0, first ?? undefined),
    media: (product: ProductRecord, args: PageArgs, { unpaged }) => connect(product.media, args, { unpaged }),
    collections: (product: ProductRecord, args: PageArgs, { world, unpaged }) =>
      connect(collectionsOf(world, product), args, { unpaged }),
    tracksInventory: (product: ProductRecord, _: unknown, { world }) =>
      variantsOf(world, product.id).some((variant) => world.items.get(variant.inventoryItemId)?.tracked === true),
    variants: (product: ProductRecord, args: PageArgs, { world, unpaged }) => {
      const page = connect(variantsOf(world, product.id), args, { unpaged, sortBy: (variant) => variant.position });
      showing(world, page.nodes, product.id);
      return page;
    },
    variantsCount: (product: ProductRecord, _: unknown, { world }) => ({
      count: world.variants.of(product.id).length,
      precision: 'EXACT',
    }),
  },
  ProductOption: { optionValues: (option: ProductOption) => option.values },
  ProductVariant: {
    metafield: ownerFields.metafield,
    legacyResourceId,
    title: variantTitle,
    product: (variant: VariantRecord, _: unknown, { world }) => world.products.get(variant.productId),
    inventoryItem: (variant: VariantRecord, _: unknown, { world }) => world.items.get(variant.inventoryItemId),
    inventoryQuantity: (variant: VariantRecord, _: unknown, { world }) => inventoryQuantity(world, variant),
  },
  InventoryItem: {
    legacyResourceId,
    sku: (item: InventoryItemRecord, _: unknown, { world }) => world.variants.get(item.variantId)?.sku ?? null,
    unitCost: (item: InventoryItemRecord, _: unknown, { world }) =>
      item.unitCost === null ? null : money(item.unitCost, world.settings.currency),
    measurement: (item: InventoryItemRecord) => ({
      id: `gid://shopify/InventoryItemMeasurement/${numberOf(item.id)}`,
      weight: item.weight ?? { unit: 'KILOGRAMS', value: 0 },
    }),
    variants: (item: InventoryItemRecord, args: PageArgs, { world, unpaged }) =>
      connect([world.variants.get(item.variantId)].filter(present), args, { unpaged }),
    inventoryLevel: (
      item: InventoryItemRecord,
      args: { locationId: string; includeInactive?: boolean | null },
      { world },
    ) => {
      const level = levelAt(world, item.id, args.locationId);
      if (level === undefined || !(level.isActive || args.includeInactive === true)) return null;
      showing(world, [level], item.id);
      return level;
    },
    inventoryLevels: (
      item: InventoryItemRecord,
      args: PageArgs & { includeInactive?: boolean | null },
      { world, unpaged },
    ) =>
      connect(
        levelsOf(world, item.id).filter((level) => level.isActive || args.includeInactive === true),
        args,
        { unpaged },
      ),
  },
  InventoryLevel: {
    location: (level: InventoryLevelRecord, _: unknown, { world }) => world.locations.get(level.locationId),
    quantities: (level: InventoryLevelRecord, { names }: { names: readonly string[] }) =>
      names.map((name) => ({
        id: `gid://shopify/InventoryQuantity/${numberOf(level.id)}?name=${name}`,
        name,
        quantity: quantityOf(level, name),
        updatedAt: level.updatedAt,
      })),
  },
  Location: {
    legacyResourceId,
    fulfillmentService: () => null,
    fulfillsOnlineOrders: () => true,
    shipsInventory: () => true,
  },
  Publication: {
    autoPublish: () => false,
    supportsFuturePublishing: () => true,
    catalog: (publication: { id: string; title: string }) => ({
      id: `gid://shopify/AppCatalog/${numberOf(publication.id)}`,
      title: publication.title,
    }),
    channels: (publication: { id: string; title: string }, args: PageArgs, { unpaged }) =>
      connect(
        [
          {
            id: `gid://shopify/Channel/${numberOf(publication.id)}`,
            handle: publication.title.toLowerCase().replaceAll(' ', '-'),
            name: publication.title,
          },
        ],
        args,
        { unpaged },
      ),
  },
  MediaImage: {
    preview: (media: MediaRecord, _: unknown, { world }) =>
      world.now() < media.readyAt ? null : { image: { id: media.id, url: media.url } },
  },
  Collection: {
    sources: (collection: CollectionRecord) => [
      {
        id: `gid://shopify/CollectionConditionsSource/${numberOf(collection.id)}`,
        title: collection.title,
        inclusion: {
          conditions:
            typeof collection.tag !== 'string'
              ? []
              : [{ id: `gid://shopify/CollectionSourceInclusionConditionProductTag/${numberOf(collection.id)}` }],
        },
      },
    ],
  },
};

export function quantityOf(level: InventoryLevelRecord, name: string): number {
  switch (name) {
    case 'available':
      return level.available;
    case 'committed':
      return level.committed;
    case 'incoming':
      return level.incoming;
    case 'on_hand':
      return level.available + level.committed;
    default:
      return 0;
  }
}
