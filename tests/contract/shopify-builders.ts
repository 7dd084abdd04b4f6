import type { CreateResult, OrderStep, RootDraft, RootPatch, WriteResult } from '#libs/connectors/store-connector.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Money } from '#libs/model/money.ts';
import type { Order, OrderState } from '#libs/model/order.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { StoredOrder, StoredProduct } from '#libs/model/stored.ts';
import { bare, CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

export const EUR = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' });
export const OPEN: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
export const ADDRESS = {
  firstName: 'Ada',
  lastName: 'L',
  company: '',
  address1: 'Weg 1',
  address2: '',
  city: 'Bonn',
  region: '',
  postcode: '53111',
  country: 'DE',
  phone: '',
};

export const PRODUCT: Product = {
  title: 'Tee',
  description: '<p>Soft</p>',
  handle: 'tee',
  status: 'active',
  categories: [],
  brand: 'Acme',
  tags: ['new'],
  seo: { title: null, description: null },
  images: [],
};

export function aVariant(parts: Partial<Variant>): Variant {
  return {
    sku: 'A',
    title: 'Tee',
    options: [],
    quantity: 7,
    stockStatus: 'inStock',
    tracked: true,
    backorders: false,
    price: EUR(1990),
    compareAtPrice: null,
    barcode: null,
    weight: { grams: 250 },
    ...parts,
  };
}

export function anOrder(parts: Partial<Order> = {}): Order {
  return {
    number: '1042',
    placedAt: '2026-11-20T10:00:00Z',
    email: 'ada@example.com',
    phone: null,
    currency: 'EUR',
    taxesIncluded: true,
    customerId: null,
    lines: [
      {
        id: '1',
        productId: null,
        variantId: null,
        sku: 'A',
        title: 'Tee',
        quantity: 3,
        unitPrice: EUR(1000),
        total: EUR(2700),
        taxes: [{ title: 'VAT', rate: 0.19, amount: EUR(431) }],
        requiresShipping: true,
      },
    ],
    shipping: [{ title: 'DHL', amount: EUR(490), taxes: [{ title: 'VAT', rate: 0.19, amount: EUR(78) }] }],
    fees: [{ title: 'Gift wrap', amount: EUR(200), taxes: [] }],
    discount: EUR(300),
    discountCodes: ['SUMMER'],
    tax: EUR(509),
    total: EUR(3390),
    billing: ADDRESS,
    shippingAddress: ADDRESS,
    paymentMethod: 'Invoice',
    paidAt: '2026-11-20T10:05:00Z',
    refunds: [],
    status: { word: 'processing', state: OPEN },
    tracking: [],
    history: null,
    note: 'Ring twice',
    ...parts,
  };
}

export function orderDraft(
  parts: { readonly order?: Partial<Order>; readonly state?: Partial<OrderState>; readonly hold?: boolean } = {},
): Extract<RootDraft, { root: 'order' }> {
  const order = anOrder(parts.order);
  return {
    root: 'order',
    sourceId: 'woo-77',
    order,
    state: { ...OPEN, ...parts.state },
    lineVariantIds: order.lines.map(() => null),
    customerId: null,
    hold: parts.hold ?? false,
  };
}

export async function create(harness: Harness, draft: RootDraft): Promise<CreateResult | undefined> {
  const [result] = await harness.connector.create([draft], WRITE);
  return result;
}

export async function createOrder(
  harness: Harness,
  draft: Extract<RootDraft, { root: 'order' }>,
): Promise<StoredOrder> {
  const result = await create(harness, draft);
  if (result?.outcome !== 'created' || result.stored.root !== 'order') throw new Error(JSON.stringify(result));
  return result.stored;
}

export async function step(
  harness: Harness,
  present: StoredOrder,
  ...steps: readonly OrderStep[]
): Promise<WriteResult | undefined> {
  const patch: RootPatch = { root: 'order', sourceId: 'woo-77', targetId: present.id, present, entities: [], steps };
  const [result] = await harness.connector.write([patch], WRITE);
  return result;
}

export async function openPrepared(): Promise<Harness> {
  const harness = await openShopify();
  await harness.connector.prepare(CALL.fields, WRITE);
  return harness;
}

export async function readProduct({ connector }: Harness, id: string): Promise<StoredProduct> {
  const [root] = await connector.readRoots('product', [{ id: bare(id) }], CALL);
  if (root?.root !== 'product') throw new Error('Not there');
  return root;
}

export function patchOf(present: StoredProduct, values: FieldValues, variantIndex = 0): RootPatch {
  const targetId = present.variants[variantIndex]?.id ?? '';
  return {
    root: 'product',
    sourceId: `source-${present.id}`,
    targetId: present.id,
    present,
    entities: [{ entity: 'variant', targetId, values }],
    steps: [],
  };
}

/** Products of one variant each, as read. */
export async function seedMany(harness: Harness, count: number): Promise<readonly StoredProduct[]> {
  const ids = Array.from({ length: count }, (_, index) =>
    bare(
      harness.simulator.seedProduct({ title: `P${index}`, variants: [{ sku: `S-${index}`, price: '10', quantity: 5 }] })
        .productId,
    ),
  );
  const roots: Awaited<ReturnType<Harness['connector']['readRoots']>>[number][] = [];
  for (let from = 0; from < count; from += 250)
    roots.push(
      ...(await harness.connector.readRoots(
        'product',
        ids.slice(from, from + 250).map((id) => ({ id })),
        CALL,
      )),
    );
  return roots.filter((root): root is StoredProduct => root?.root === 'product');
}

export function outcomes(results: readonly WriteResult[]): readonly string[] {
  return results.map(({ outcome }) => outcome);
}
