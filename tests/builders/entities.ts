import type { Money } from '#libs/model/money.ts';
import type { Order, OrderLine } from '#libs/model/order.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { StoredCustomer, StoredOrder, StoredProduct, StoredVariant } from '#libs/model/stored.ts';

export function eur(amountMinor: number): Money {
  return { amountMinor, currency: 'EUR' };
}

export function aVariant(change: Partial<Variant> = {}): Variant {
  return {
    sku: 'SIM-014',
    title: 'Default',
    options: [],
    quantity: 5,
    stockStatus: 'inStock',
    tracked: true,
    backorders: false,
    price: eur(1990),
    compareAtPrice: null,
    barcode: null,
    weight: null,
    ...change,
  };
}

export function aProduct(change: Partial<Product> = {}): Product {
  return {
    title: 'Linen shirt',
    description: '<p>Soft</p>',
    handle: 'linen-shirt',
    status: 'active',
    categories: [],
    brand: null,
    tags: [],
    seo: { title: null, description: null },
    images: [],
    ...change,
  };
}

const stamps = { sourceId: null, createdAt: '2026-10-01T08:00:00Z', changedAt: '2026-11-20T08:00:00Z' };

export function aStoredVariant(change: Partial<StoredVariant> = {}): StoredVariant {
  return { ...stamps, id: '14', variant: aVariant(), ...change };
}

export function aStoredProduct(change: Partial<StoredProduct> = {}): StoredProduct {
  return {
    ...stamps,
    root: 'product',
    id: '14',
    product: aProduct(),
    variants: [aStoredVariant()],
    partial: false,
    ...change,
  };
}

export function anOrderLine(change: Partial<OrderLine> = {}): OrderLine {
  return {
    id: '1',
    productId: null,
    variantId: null,
    sku: 'SIM-014',
    title: 'Linen shirt',
    quantity: 1,
    unitPrice: eur(4990),
    total: eur(4990),
    taxes: [],
    requiresShipping: true,
    ...change,
  };
}

export function anOrder(change: Partial<Order> = {}): Order {
  return {
    number: '1047',
    placedAt: '2026-10-30T10:00:00Z',
    email: 'ada@example.com',
    phone: null,
    currency: 'EUR',
    taxesIncluded: true,
    customerId: null,
    lines: [],
    shipping: [],
    fees: [],
    discount: eur(0),
    discountCodes: [],
    tax: eur(0),
    total: eur(4990),
    billing: null,
    shippingAddress: null,
    paymentMethod: null,
    paidAt: null,
    refunds: [],
    status: { word: 'processing', state: { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false } },
    tracking: [],
    history: [],
    note: null,
    ...change,
  };
}

export function aStoredOrder(change: Partial<StoredOrder> = {}): StoredOrder {
  return { ...stamps, root: 'order', id: '1047', order: anOrder(), heldByUs: false, ...change };
}

export function aStoredCustomer(change: Partial<StoredCustomer> = {}): StoredCustomer {
  return {
    ...stamps,
    root: 'customer',
    id: '7',
    customer: {
      email: 'ada@example.com',
      name: { first: 'Ada', last: 'L' },
      phone: null,
      addresses: [],
      marketingConsent: null,
    },
    ...change,
  };
}
