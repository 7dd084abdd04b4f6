import type { AsPeople } from './as-people.ts';
import { levelAt, setAvailable } from './inventory.ts';
import { must } from './must.ts';
import type { ProductRecord, VariantRecord, Weight } from './records.ts';
import type { SeededProduct, SeedProduct } from './seed-input.ts';
import { seedProduct } from './seed.ts';
import type { World } from './world.ts';

export type VariantEdit = {
  readonly policy?: VariantRecord['inventoryPolicy'];
  readonly barcode?: string | null;
  readonly tracked?: boolean;
  readonly weight?: Weight;
};

/** What staff does in the catalogue. */
export type CatalogueWork = {
  readonly createProduct: (product: SeedProduct) => SeededProduct;
  readonly setProductStatus: (productId: string, status: ProductRecord['status']) => void;
  readonly setTags: (productId: string, tags: readonly string[]) => void;
  readonly setVendor: (productId: string, vendor: string) => void;
  readonly editVariant: (variantId: string, edit: VariantEdit) => void;
  /** From one location to another: the shop has as much as before. */
  readonly moveUnits: (variantId: string, units: number, from: string, to: string) => void;
  /** The item is not stocked at that location any more; the number that was there is kept. */
  readonly stopStocking: (variantId: string, locationId: string) => void;
  /** Nothing is sold from there any more; its stock is moved by hand before. */
  readonly closeLocation: (locationId: string) => void;
  readonly openLocation: (name: string) => string;
};

export function createCatalogueWork(world: World, asPeople: AsPeople): CatalogueWork {
  const change = (id: string, patch: Partial<ProductRecord>): void =>
    asPeople(
      () => void world.products.update(must(world.products.get(id), id).id, { ...patch, updatedAt: world.stamp() }),
    );
  return {
    createProduct: (product) => asPeople(() => seedProduct(world, product)),
    setProductStatus: (id, status) => change(id, { status }),
    setTags: (id, tags) => change(id, { tags: tags.toSorted() }),
    setVendor: (id, vendor) => change(id, { vendor }),
    editVariant: (id, edit) => asPeople(() => editVariant(world, must(world.variants.get(id), id), edit)),
    moveUnits: (id, units, from, to) =>
      asPeople(() => {
        const { inventoryItemId } = must(world.variants.get(id), id);
        const there = (place: string): number => levelAt(world, inventoryItemId, place)?.available ?? 0;
        setAvailable(world, inventoryItemId, from, there(from) - units);
        setAvailable(world, inventoryItemId, to, there(to) + units);
      }),
    stopStocking: (id, locationId) =>
      asPeople(() => {
        const level = levelAt(world, must(world.variants.get(id), id).inventoryItemId, locationId);
        world.levels.update(must(level, locationId).id, { isActive: false, updatedAt: world.stamp() });
      }),
    closeLocation: (id) =>
      asPeople(() => void world.locations.update(must(world.locations.get(id), id).id, { isActive: false })),
    openLocation: (name) =>
      asPeople(() => world.locations.insert({ id: world.gid('Location'), name, isActive: true }).id),
  };
}

function editVariant(world: World, variant: VariantRecord, { policy, barcode, tracked, weight }: VariantEdit): void {
  const updatedAt = world.stamp();
  world.variants.update(variant.id, {
    ...(policy === undefined ? {} : { inventoryPolicy: policy }),
    ...(barcode === undefined ? {} : { barcode }),
    updatedAt,
  });
  if (tracked !== undefined || weight !== undefined)
    world.items.update(variant.inventoryItemId, {
      ...(tracked === undefined ? {} : { tracked }),
      ...(weight === undefined ? {} : { weight }),
      updatedAt,
    });
  world.products.update(variant.productId, { updatedAt });
}
