import { toPrice } from './decimals.ts';
import { defaultLocationId, setAvailable } from './inventory.ts';
import { createCatalogueWork, type CatalogueWork } from './people-catalogue.ts';
import { createCustomerWork, type CustomerWork } from './people-customers.ts';
import type { AsPeople } from './as-people.ts';
import { must } from './must.ts';
import { createOrderWork, type OrderWork } from './people-orders.ts';
import type { SeedOrder } from './seed-input.ts';
import { placeOrder } from './seed.ts';
import type { World } from './world.ts';
import { removeProduct } from './write/product-parts.ts';

export type TextEdit = {
  readonly title?: string;
  readonly descriptionHtml?: string;
  readonly seo?: { readonly title?: string | null; readonly description?: string | null };
};

/** What people do in the store's own admin and shop. */
export type People = CatalogueWork &
  OrderWork &
  CustomerWork & {
    readonly editTexts: (productId: string, edit: TextEdit) => void;
    readonly setAvailable: (variantId: string, quantity: number, locationId?: string) => void;
    readonly setPrice: (variantId: string, price: string, compareAtPrice?: string | null) => void;
    readonly setSku: (variantId: string, sku: string | null) => void;
    readonly editOrderNote: (orderId: string, note: string) => void;
    readonly archiveProduct: (productId: string) => void;
    readonly deleteProduct: (productId: string) => void;
    /** A real order at this store's own checkout. */
    readonly placeOrder: (order: SeedOrder) => string;
  };

export function createPeople(world: World): People {
  const asPeople: AsPeople = (work) => {
    world.settle();
    return world.as({ actor: 'people', callId: undefined }, work);
  };
  return {
    ...createCatalogueWork(world, asPeople),
    ...createOrderWork(world, asPeople),
    ...createCustomerWork(world, asPeople),
    ...createEdits(world, asPeople),
    placeOrder: (order) => asPeople(() => placeOrder(world, order)),
  };
}

type Edits = Omit<People, keyof CatalogueWork | keyof OrderWork | keyof CustomerWork | 'placeOrder'>;

function createEdits(world: World, asPeople: AsPeople): Edits {
  return {
    editTexts: (productId, { title, descriptionHtml, seo }) =>
      asPeople(() => {
        const product = must(world.products.get(productId), productId);
        world.products.update(productId, {
          title: title ?? product.title,
          descriptionHtml: descriptionHtml ?? product.descriptionHtml,
          seo: {
            title: seo?.title === undefined ? product.seo.title : seo.title,
            description: seo?.description === undefined ? product.seo.description : seo.description,
          },
          updatedAt: world.stamp(),
        });
      }),
    setAvailable: (variantId, quantity, locationId) =>
      asPeople(
        () =>
          void setAvailable(
            world,
            must(world.variants.get(variantId), variantId).inventoryItemId,
            locationId ?? defaultLocationId(world),
            quantity,
          ),
      ),
    setPrice: (variantId, price, compareAtPrice) =>
      asPeople(() => {
        const variant = must(world.variants.get(variantId), variantId);
        const struck =
          compareAtPrice === undefined
            ? variant.compareAtPrice
            : compareAtPrice === null
              ? null
              : toPrice(compareAtPrice);
        world.variants.update(variantId, { price: toPrice(price), compareAtPrice: struck, updatedAt: world.stamp() });
        world.products.update(variant.productId, { updatedAt: world.stamp() });
      }),
    setSku: (variantId, sku) =>
      asPeople(
        () =>
          void world.variants.update(must(world.variants.get(variantId), variantId).id, {
            sku,
            updatedAt: world.stamp(),
          }),
      ),
    editOrderNote: (orderId, note) =>
      asPeople(
        () => void world.orders.update(must(world.orders.get(orderId), orderId).id, { note, updatedAt: world.stamp() }),
      ),
    archiveProduct: (productId) =>
      asPeople(
        () =>
          void world.products.update(must(world.products.get(productId), productId).id, {
            status: 'ARCHIVED',
            updatedAt: world.stamp(),
          }),
      ),
    deleteProduct: (productId) => asPeople(() => removeProduct(world, must(world.products.get(productId), productId))),
  };
}
