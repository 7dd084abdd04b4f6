import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openShop, type Harness } from './shopify-simulator.harness.ts';

let shop: Harness;
let shirt: { readonly productId: string; readonly variantIds: readonly string[] };
beforeEach(async () => {
  shop = await openShop();
  shirt = shop.sim.seedProduct({
    title: 'Linen shirt',
    options: ['Size'],
    variants: ['M', 'L'].map((size) => ({ sku: `LS-${size}`, price: '49.90', quantity: 1, optionValues: [size] })),
  });
});
afterEach(() => shop.sim.stop());

const variants = (index = 0) => shop.sim.state().products[index]?.variants ?? [];

describe('products', () => {
  test('a created one has one untracked variant, a handle of its own, and is not published', async () => {
    await shop.send('CreateProduct', { product: { title: 'Linen shirt' } });

    expect(shop.sim.state().products[1]).toMatchObject({
      handle: 'linen-shirt-1',
      publishedAt: null,
      variants: [{ sku: null, item: { tracked: false }, selectedOptions: [{ name: 'Title', value: 'Default Title' }] }],
    });
  });

  test('an update writes what it names and nothing else', async () => {
    const before = shop.sim.state().products[0];
    shop.clock.ms += 1000;

    await shop.send('UpdateProduct', { product: { id: shirt.productId, vendor: 'Acme' } });

    const { updatedAt: _, ...after } = shop.sim.state().products[0] ?? {};
    expect(after).toEqual({ ...before, vendor: 'Acme', updatedAt: undefined });
    expect(Object.keys(shop.sim.ledger.entries.at(-1)?.changes ?? {})).toEqual(['vendor', 'updatedAt']);
  });

  test('an unknown one does not exist', async () => {
    const answer = await shop.send('UpdateProduct', { product: { id: 'gid://shopify/Product/1', title: 'x' } });

    expect(answer.at('data.productUpdate.userErrors')).toEqual([{ field: ['id'], message: 'Product does not exist' }]);
  });

  test('productSet deletes the variants that a sent list leaves out', async () => {
    const answer = await shop.send('UpsertProduct', {
      identifier: { id: shirt.productId },
      input: {
        productOptions: [{ name: 'Size', values: [{ name: 'L' }] }],
        variants: [{ optionValues: [{ optionName: 'Size', name: 'L' }], price: '39.90' }],
      },
    });

    expect(answer.at('data.productSet.userErrors')).toEqual([]);
    expect(variants()).toMatchObject([{ id: shirt.variantIds[1], sku: 'LS-L', price: '39.90', inventoryQuantity: 1 }]);
  });

  test('an asynchronous productSet is an operation that is asked for later', async () => {
    const started = await shop.send('UpsertProduct', { input: { title: 'Later' }, synchronous: false });
    const id = started.at('data.productSet.productSetOperation.id') as string;
    shop.clock.ms += 1000;

    const done = await shop.send('ProductSetStatus', { id });

    expect(started.at('data.productSet')).toMatchObject({ product: null, productSetOperation: { status: 'CREATED' } });
    expect(done.at('data.productOperation')).toMatchObject({
      status: 'COMPLETE',
      product: { id: shop.sim.state().products[1]?.id },
      userErrors: [],
    });
  });

  test('publishing puts a date on it', async () => {
    await shop.send('CreateProduct', { product: { title: 'New' } });

    await shop.send('PublishResource', {
      id: shop.sim.state().products[1]?.id,
      input: [{ publicationId: shop.sim.publicationIds[0] }],
    });

    expect(shop.sim.state().products[1]?.publishedAt).toBe('2026-11-20T12:00:00Z');
  });
});

const update = (rows: readonly unknown[], allowPartialUpdates = false) =>
  shop.send('UpdateVariants', { productId: shirt.productId, variants: rows, allowPartialUpdates });

describe('variants', () => {
  test('one bad row fails all of them', async () => {
    const answer = await update([
      { id: shirt.variantIds[0], price: '10' },
      { id: shirt.variantIds[1], price: '-1' },
    ]);

    expect(answer.at('data.productVariantsBulkUpdate')).toMatchObject({
      productVariants: null,
      userErrors: [{ code: 'GREATER_THAN_OR_EQUAL_TO', field: ['variants', '1', 'price'] }],
    });
    expect(variants().map(({ price }) => price)).toEqual(['49.90', '49.90']);
  });

  test('allowPartialUpdates writes the good ones', async () => {
    await update([{ id: shirt.variantIds[0], price: '10' }, { id: 'gid://shopify/ProductVariant/1' }], true);

    expect(variants().map(({ price }) => price)).toEqual(['10.00', '49.90']);
  });

  test('quantities are refused on update', async () => {
    const answer = await update([
      { id: shirt.variantIds[0], inventoryQuantities: [{ locationId: shop.sim.locationIds[0], availableQuantity: 9 }] },
    ]);

    expect(answer.at('data.productVariantsBulkUpdate.userErrors.0.code')).toBe(
      'NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE',
    );
  });

  test('the SKU goes in with the inventory item', async () => {
    await update([{ id: shirt.variantIds[0], inventoryItem: { sku: 'NEW', tracked: false } }]);

    expect(variants()[0]).toMatchObject({ sku: 'NEW', item: { tracked: false } });
  });

  test('creation takes quantities, and refuses a combination that is there', async () => {
    const row = {
      optionValues: [{ optionName: 'Size', name: 'XL' }],
      price: '1',
      inventoryQuantities: [{ locationId: shop.sim.locationIds[0], availableQuantity: 4 }],
    };

    await shop.send('CreateVariants', { productId: shirt.productId, variants: [row] });
    const again = await shop.send('CreateVariants', { productId: shirt.productId, variants: [row] });

    expect(variants()[2]).toMatchObject({ inventoryQuantity: 4, selectedOptions: [{ value: 'XL' }] });
    expect(shop.sim.state().products[0]?.options[0]?.values.map(({ name }) => name)).toEqual(['M', 'L', 'XL']);
    expect(again.at('data.productVariantsBulkCreate.userErrors.0.code')).toBe('VARIANT_ALREADY_EXISTS');
  });
});

describe('customers', () => {
  test('an e-mail belongs to one customer', async () => {
    shop.sim.seedCustomer({ email: 'ada@example.com' });

    const answer = await shop.send('CreateCustomer', { input: { email: 'Ada@example.com' } });

    expect(answer.at('data.customerCreate.userErrors')).toEqual([
      { field: ['email'], message: 'Email has already been taken' },
    ]);
  });

  test('customerSet by an unknown custom id creates the customer with it', async () => {
    await shop.send('CreateSourceIdDefinition', {
      definition: { ownerType: 'CUSTOMER', namespace: 'lockstep', key: 'source_id', type: 'id', name: 'Source id' },
    });
    const identifier = { customId: { namespace: 'lockstep', key: 'source_id', value: '42' } };

    await shop.send('UpsertCustomer', { identifier, input: { email: 'ada@example.com' } });
    await shop.send('UpsertCustomer', { identifier, input: { firstName: 'Ada' } });

    expect(shop.sim.state().customers).toMatchObject([
      { email: 'ada@example.com', firstName: 'Ada', metafields: [{ value: '42' }] },
    ]);
  });

  test('customerSet wants the identifier in its input', async () => {
    const missing = await shop.send('UpsertCustomer', {
      identifier: { email: 'ada@example.com' },
      input: { firstName: 'Ada' },
    });
    const other = await shop.send('UpsertCustomer', {
      identifier: { email: 'ada@example.com' },
      input: { email: 'bob@example.com' },
    });

    expect(missing.at('data.customerSet.userErrors.0.message')).toBe(
      'The input field corresponding to the identifier is required.',
    );
    expect(other.at('data.customerSet.userErrors.0.message')).toBe(
      'The identifier value does not match the value of the corresponding field in the input.',
    );
  });

  test('consent is set apart from the rest', async () => {
    const customerId = shop.sim.seedCustomer({ email: 'ada@example.com' });

    await shop.send('SetEmailConsent', {
      input: { customerId, emailMarketingConsent: { marketingState: 'SUBSCRIBED' } },
    });

    expect(shop.sim.state().customers[0]?.emailConsent).toMatchObject({ marketingState: 'SUBSCRIBED' });
  });
});

const create = (uri: string, topic = 'ORDERS_CREATE') =>
  shop.send('CreateWebhook', { topic, webhookSubscription: { uri } });

describe('webhook subscriptions', () => {
  test.each([
    ['', "Address can't be blank"],
    ['http://sync.example.com', 'Address protocol http:// is not supported'],
    ['https://x.myshopify.com/hook', 'Address cannot be a Shopify or an internal domain'],
  ])('the address "%s" is refused', async (uri, message) => {
    expect((await create(uri)).at('data.webhookSubscriptionCreate.userErrors')).toEqual([
      { field: ['webhookSubscription', 'callbackUrl'], message },
    ]);
  });

  test('an address is taken once for a topic, and listed', async () => {
    await create('https://sync.example.com/a');
    const again = await create('https://sync.example.com/a');
    const list = await shop.send('ListWebhooks');

    expect(again.at('data.webhookSubscriptionCreate.userErrors.0.message')).toBe(
      'Address for this topic has already been taken',
    );
    expect(list.at('data.webhookSubscriptions.nodes')).toMatchObject([
      { topic: 'ORDERS_CREATE', uri: 'https://sync.example.com/a', apiVersion: { handle: '2026-10' } },
    ]);
  });
});

describe('people and migration', () => {
  test('are told apart in the ledger', () => {
    shop.sim.editTexts(shirt.productId, { title: 'Linen shirt, blue' });
    shop.sim.setPrice(shirt.variantIds[0] ?? '', '45');

    expect(
      new Set(
        shop.sim.ledger.entries
          .filter(({ entity }) => entity === 'product')
          .map(({ actor, action }) => `${actor} ${action}`),
      ),
    ).toEqual(new Set(['migration create', 'migration update', 'people update']));
    expect(variants()[0]?.price).toBe('45.00');
  });

  test('an order at the own checkout moves stock, money and mail', () => {
    shop.sim.placeOrder({ email: 'ada@example.com', lines: [{ sku: 'LS-M', quantity: 1, price: '49.90' }] });

    expect(variants()[0]?.inventoryQuantity).toBe(0);
    expect(shop.sim.ledger.effects.map(({ kind, actor }) => `${actor} ${kind}`)).toEqual([
      'people stock-movement',
      'people gateway-call',
      'people mail',
    ]);
    expect(shop.sim.state().orders[0]).toMatchObject({
      origin: 'checkout',
      displayFinancialStatus: 'PAID',
      name: '#1001',
    });
  });

  test('replaying the ledger gives the state', () => {
    shop.sim.editTexts(shirt.productId, { title: 'Other' });
    shop.sim.setAvailable(shirt.variantIds[0] ?? '', 9);
    const replayed: Record<string, unknown> = {};
    for (const { id, changes } of shop.sim.ledger.entries.filter((entry) => entry.id === shirt.productId)) {
      expect(id).toBe(shirt.productId);
      for (const [field, { to }] of Object.entries(changes)) replayed[field] = to;
    }

    const { variants: _, metafields: __, ...product } = shop.sim.state().products[0] ?? {};
    expect(replayed).toEqual(product);
  });
});
