import type { RootDraft } from '#libs/connectors/store-connector.ts';
import type { Order } from '#libs/model/order.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { anOrder, anOrderLine, aProduct, aVariant, eur } from '#tests/builders/entities.ts';
import type { Workbench } from './subject.ts';

export type ProductDraft = Extract<RootDraft, { readonly root: 'product' }>;
export type OrderDraft = Extract<RootDraft, { readonly root: 'order' }>;
export type CustomerDraft = Extract<RootDraft, { readonly root: 'customer' }>;

/** A product that no shopper sees, with a SKU of its own. */
export function productDraft(
  { next, subject: { mark } }: Workbench,
  change: Partial<Product> = {},
  ...variants: readonly Partial<Variant>[]
): ProductDraft {
  const sourceId = next();
  const all = variants.length === 0 ? [{}] : variants;
  return {
    root: 'product',
    sourceId,
    product: aProduct({
      title: `${mark} shirt ${sourceId}`,
      handle: `${mark}-${sourceId}`,
      status: 'draft',
      ...change,
    }),
    variants: all.map((variant, index) => ({
      sourceId: next(),
      variant: aVariant({
        sku: `${mark}-${sourceId}-${String(index)}`,
        options: all.length === 1 ? [] : [{ name: 'Size', value: `No ${String(index)}` }],
        ...variant,
      }),
    })),
  };
}

/** An order of one line that is no product of the store, 49.90 with tax, paid. */
export function orderDraft(
  { next, subject: { mark } }: Workbench,
  change: Partial<Order> = {},
  parts: Partial<Pick<OrderDraft, 'state' | 'hold' | 'customerId' | 'lineVariantIds'>> = {},
): OrderDraft {
  const sourceId = next();
  const order = anOrder({
    number: `${mark}${sourceId}`,
    email: `${mark}.${sourceId}@example.com`,
    lines: [anOrderLine({ sku: `${mark}-none`, title: 'Linen shirt & friends' })],
    total: eur(4990),
    ...change,
  });
  return {
    root: 'order',
    sourceId,
    order,
    state: { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false },
    lineVariantIds: order.lines.map(() => null),
    customerId: null,
    hold: false,
    ...parts,
  };
}

export function customerDraft(
  { next, subject: { mark } }: Workbench,
  change: Partial<CustomerDraft['customer']> = {},
): CustomerDraft {
  const sourceId = next();
  return {
    root: 'customer',
    sourceId,
    customer: {
      email: `${mark}.${sourceId}@example.com`,
      name: { first: 'Zoë', last: `Ångström ${mark}` },
      phone: null,
      addresses: [],
      marketingConsent: null,
      ...change,
    },
  };
}

export function draftOf(root: RootKind, bench: Workbench): RootDraft {
  switch (root) {
    case 'product':
      return productDraft(bench);
    case 'order':
      return orderDraft(bench);
    case 'customer':
      return customerDraft(bench);
  }
}
