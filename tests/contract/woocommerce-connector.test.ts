import { describe, expect, test } from 'vitest';

import { collect, openShop, reading, seedProducts } from './woocommerce-connector-harness.ts';

function makeShirt({ shop }: Awaited<ReturnType<typeof openShop>>, count: number) {
  const sizes = Array.from({ length: count }, (_, at) => String(at));
  return shop.people.createVariableProduct(
    { name: 'Shirt', sku: 'SH', attributes: [{ name: 'Size', variation: true, options: sizes }] },
    sizes.map((Size, at) => ({
      options: { Size },
      sku: `SH-${Size}`,
      regular_price: '5.00',
      manage_stock: true,
      stock_quantity: at,
    })),
  );
}

const everyKind = reading('variant.quantity', 'order.status', 'customer.email');

describe('readRoots()', () => {
  test('keeps the order asked, and answers null for what is missing, trashed or no root', async () => {
    const open = await openShop();
    const [first = '', trashed = '', deleted = '', last = ''] = seedProducts(open, 4);
    const { variations } = open.shop.people.createVariableProduct(
      { name: 'Shirt', attributes: [{ name: 'Size', variation: true, options: ['S', 'M'] }] },
      [{ options: { Size: 'S' }, regular_price: '5.00' }],
    );
    open.shop.people.trashProduct(Number(trashed));
    open.shop.people.deleteProduct(Number(deleted));
    const variation = String(variations[0]?.id);
    const ids = [last, trashed, '99999', first, deleted, variation, 'nonsense', last];

    const roots = await open.connector.readRoots(
      'product',
      ids.map((id) => ({ id })),
      everyKind,
    );

    expect(roots.map((root) => root?.id ?? null)).toEqual([last, null, null, first, null, null, null, last]);
  });

  test('asks for a hundred at a time', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 130);

    const roots = await open.connector.readRoots(
      'product',
      ids.map((id) => ({ id })),
      everyKind,
    );

    expect(roots.map((root) => root?.id)).toEqual(ids);
    expect(open.asked.filter((asked) => asked.includes('/products?'))).toHaveLength(2);
    expect(open.asked.filter((asked) => asked.includes('/system_status'))).toHaveLength(1);
  });

  test('reads all variations of a product at the price of one, where they fit a page', async () => {
    const open = await openShop();
    const { product, variations } = makeShirt(open, 3);
    const id = String(product.id);

    const [part] = await open.connector.readRoots(
      'product',
      [{ id, children: [String(variations[1]?.id)] }],
      everyKind,
    );

    expect(part).toMatchObject({
      id,
      partial: false,
      variants: [
        { variant: { sku: 'SH-0', quantity: 0, options: [{ name: 'Size', value: '0' }] } },
        ...[1, 2].map((quantity) => ({ variant: { sku: `SH-${quantity}`, quantity } })),
      ],
    });
    expect(open.asked.filter((asked) => asked.includes('/variations?'))).toHaveLength(1);
  });

  test('reads of a product with more than a page of variations only those asked for', async () => {
    const open = await openShop();
    const { product, variations } = makeShirt(open, 101);
    const id = String(product.id);
    const middle = String(variations[50]?.id);

    const [whole, part] = await open.connector.readRoots(
      'product',
      [{ id }, { id, children: [middle, '99999'] }],
      everyKind,
    );

    expect(whole).toMatchObject({ partial: false });
    expect(whole?.root === 'product' && whole.variants).toHaveLength(101);
    expect(part).toMatchObject({ id, partial: true, variants: [{ id: middle, variant: { quantity: 50 } }] });
  });

  test('shows a parent’s stock on the variations that it counts for', async () => {
    const { shop, connector } = await openShop();
    const { product } = shop.people.createVariableProduct(
      {
        name: 'Apron',
        manage_stock: true,
        stock_quantity: 30,
        attributes: [{ name: 'Colour', variation: true, options: ['red'] }],
      },
      [{ options: { Colour: 'red' }, regular_price: '5.00' }],
    );
    shop.people.setStock(product.id, 28);

    const [root] = await connector.readRoots('product', [{ id: String(product.id) }], everyKind);

    expect(root).toMatchObject({ variants: [{ variant: { quantity: 28, tracked: true } }] });
  });

  test('reads an order’s refunds with their dates, and its notes only where they are looked at', async () => {
    const open = await openShop();
    const [product = ''] = seedProducts(open, 1);
    const order = open.shop.people.placeOrder({
      status: 'processing',
      set_paid: true,
      line_items: [{ product_id: Number(product), quantity: 2 }],
    });
    open.pass(5);
    const refund = open.shop.people.refundOrder(order.id, { amount: '4.00', reason: 'dented' });
    open.shop.people.addOrderNote(order.id, 'on its way', { forCustomer: true });
    open.shop.people.addTracking(order.id, 'dhl', '0034');
    const refs = [{ id: String(order.id) }, { id: String(refund.id) }];

    const [plain, none] = await open.connector.readRoots('order', refs, reading('order.status'));
    const [whole] = await open.connector.readRoots('order', refs, reading('order.status', 'order.history'));

    expect(none).toBeNull();
    expect(plain).toMatchObject({
      order: {
        history: null,
        status: { word: 'processing', state: { payment: 'partiallyRefunded' } },
        refunds: [{ id: String(refund.id), amount: { amountMinor: 400 }, reason: 'dented' }],
        tracking: [{ number: '0034', carrier: 'dhl' }],
        lines: [{ productId: product, variantId: product, quantity: 2 }],
      },
    });
    expect(whole).toMatchObject({
      order: { history: expect.arrayContaining([expect.objectContaining({ text: 'on its way', forCustomer: true })]) },
    });
  });

  test('reads staff as customers too', async () => {
    const { shop, connector } = await openShop();
    const { id } = shop.people.createCustomer({ email: 'ada@example.com', first_name: 'Ada' });

    const roots = await connector.readRoots('customer', [{ id: String(id) }, { id: '4711' }], everyKind);

    expect(roots).toMatchObject([{ id: String(id), customer: { email: 'ada@example.com' } }, null]);
  });
});

describe('scan()', () => {
  test('sees each once although earlier ones vanish and new ones come between the pages', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 350);
    const doomed = ids.slice(0, 40).map(Number);
    open.afterEach((asked) => {
      if (!asked.includes('orderby=id')) return;
      for (const id of doomed.splice(0, 10)) open.shop.people.trashProduct(id);
      seedProducts(open, 2);
    });

    const seen = (await collect(open.connector.scan('product', {}, everyKind))).map(({ id }) => id);

    expect(seen).toEqual([...new Set(seen)]);
    const kept = open.shop
      .state()
      .products.filter(({ status }) => status !== 'trash')
      .map(({ id }) => String(id));
    expect(kept.filter((id) => ids.includes(id) && !seen.includes(id))).toEqual([]);
  });

  test('sees all that is left when more than a page vanishes at once', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 420);
    let pages = 0;
    open.afterEach((asked) => {
      if (!asked.includes('orderby=id') || ++pages !== 2) return;
      for (const id of ids.slice(0, 190)) open.shop.people.trashProduct(Number(id));
    });

    const seen = (await collect(open.connector.scan('product', {}, everyKind))).map(({ id }) => id);

    expect(seen).toEqual(ids);
  });

  test('goes on behind a page’s cursor', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 230);
    let cursor = '';
    for await (const page of open.connector.scan('product', {}, everyKind)) {
      cursor = page.cursor;
      break;
    }
    for (const id of ids.slice(0, 30)) open.shop.people.trashProduct(Number(id));

    const rest = (await collect(open.connector.scan('product', { after: cursor }, everyKind))).map(({ id }) => id);

    expect(rest).toEqual(ids.slice(100));
  });

  test('of nothing ends at once', async () => {
    const { connector } = await openShop();

    expect(await collect(connector.scan('order', {}, everyKind))).toEqual([]);
    expect(await collect(connector.scan('customer', {}, everyKind))).toEqual([]);
  });
});

describe('scanChanged()', () => {
  test('finds what changed in the very second it is asked from, whatever the shop’s time zone', async () => {
    const open = await openShop({ timezoneOffsetMinutes: 330 });
    const [before = '', at = '', after = ''] = seedProducts(open, 3, 10);
    const [root] = await open.connector.readRoots('product', [{ id: at }], everyKind);

    const changed = await collect(open.connector.scanChanged('product', root?.changedAt ?? '', everyKind));

    expect(changed.map(({ id }) => id)).toEqual([at, after]);
    expect(changed.map(({ id }) => id)).not.toContain(before);
  });

  test('comes oldest first, and finds a product by a change of its variation', async () => {
    const open = await openShop();
    const { product, variations } = open.shop.people.createVariableProduct(
      { name: 'Shirt', attributes: [{ name: 'Size', variation: true, options: ['S'] }] },
      [{ options: { Size: 'S' }, regular_price: '5.00', manage_stock: true, stock_quantity: 3 }],
    );
    const [simple = ''] = seedProducts(open, 1);
    open.pass(60);
    const since = new Date(open.now()).toISOString();
    open.pass(1);
    open.shop.people.setStock(Number(simple), 8);
    open.pass(1);
    open.shop.people.setStock(variations[0]?.id ?? 0, 2);

    const changed = await collect(open.connector.scanChanged('product', since, everyKind));

    expect(changed.map(({ id }) => id)).toEqual([simple, String(product.id)]);
  });

  test('misses nothing while things change between the pages', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 260);
    const since = new Date(open.now() - 3_600_000).toISOString();
    let next = 0;
    open.afterEach((asked) => {
      if (!asked.includes('modified_after')) return;
      open.pass(1);
      for (const id of ids.slice(next, next + 15)) open.shop.people.setStock(Number(id), 500);
      next += 15;
    });

    const seen = new Set((await collect(open.connector.scanChanged('product', since, everyKind))).map(({ id }) => id));

    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });

  test('sees all of a second that holds more than a page', async () => {
    const open = await openShop();
    const before = seedProducts(open, 3);
    open.pass(1);
    const bulk = seedProducts(open, 250, 0);
    open.pass(1);
    const after = seedProducts(open, 3);
    const since = new Date(open.now() - 3_600_000).toISOString();

    const seen = (await collect(open.connector.scanChanged('product', since, everyKind))).map(({ id }) => id);

    expect([...new Set(seen)].toSorted()).toEqual([...before, ...bulk, ...after].toSorted());
    expect(seen.slice(-3)).toEqual(after);
  });

  test('ends in a shop that never stands still, and the next one finds the rest from the last cursor', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 120);
    let lists = 0;
    open.afterEach((asked) => {
      if (!asked.includes('modified_after')) return;
      if (++lists > 20) throw new Error('walks for ever');
      open.pass(1);
      for (const id of ids) open.shop.people.setStock(Number(id), lists);
    });
    const seen = new Set<string>();
    let cursor = '2020-01-01T00:00:00Z';
    for await (const page of open.connector.scanChanged('product', cursor, everyKind)) {
      for (const { id } of page.roots) seen.add(id);
      cursor = page.cursor;
    }
    open.afterEach(() => undefined);

    for (const { id } of await collect(open.connector.scanChanged('product', cursor, everyKind))) seen.add(id);

    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });
});

describe('finding', () => {
  test('findByKey() finds products by their own and their variations’ SKUs, in the order asked', async () => {
    const open = await openShop();
    const [first = ''] = seedProducts(open, 2);
    const comma = open.shop.people.createProduct({ name: 'Comma', sku: 'A,B' });
    const { product } = open.shop.people.createVariableProduct(
      { name: 'Shirt', attributes: [{ name: 'Size', variation: true, options: ['S'] }] },
      [{ options: { Size: 'S' }, sku: 'SH-S', regular_price: '5.00' }],
    );

    const found = await open.connector.findByKey('sku', ['sh-s', 'none', 'A,B', 'P-1', ''], everyKind);

    expect(found.map((roots) => roots.map(({ id }) => id))).toEqual([
      [String(product.id)],
      [],
      [String(comma.id)],
      [first],
      [],
    ]);
  });

  test('findByKey() finds customers by e-mail without regard to case, and orders by their exact number', async () => {
    const { shop, connector } = await openShop();
    const customer = shop.people.createCustomer({ email: 'Ada@Example.com' });
    const order = shop.people.placeOrder({ status: 'processing', billing: { email: 'ada@example.com' } });

    const byEmail = await connector.findByKey('email', ['ada@example.com', 'bob@example.com', 'no address'], everyKind);
    const byNumber = await connector.findByKey('order-number', [`#${order.id}`, '4711', 'ada'], everyKind);

    expect(byEmail.map((roots) => roots.map(({ id }) => id))).toEqual([[String(customer.id)], [], []]);
    expect(byNumber.map((roots) => roots.map(({ id }) => id))).toEqual([[String(order.id)], [], []]);
  });

  test('listCreatedSince() includes the second it is asked from', async () => {
    const open = await openShop({ timezoneOffsetMinutes: -300 });
    const ids = seedProducts(open, 120);
    const [root] = await open.connector.readRoots('product', [{ id: ids[5] ?? '' }], everyKind);
    open.pass(10);
    const customer = open.shop.people.createCustomer({ email: 'ada@example.com' });

    const products = await open.connector.listCreatedSince('product', root?.createdAt ?? '', everyKind);
    const since = new Date(open.now()).toISOString();
    const customers = await open.connector.listCreatedSince('customer', since, everyKind);

    expect(products.map(({ id }) => id).toSorted()).toEqual(ids.slice(5).toSorted());
    expect(customers.map(({ id }) => id)).toEqual([String(customer.id)]);
  });

  test('readRootsOf() names the product of a variation', async () => {
    const { shop, connector } = await openShop();
    const { product, variations } = shop.people.createVariableProduct(
      { name: 'Shirt', attributes: [{ name: 'Size', variation: true, options: ['S'] }] },
      [{ options: { Size: 'S' }, regular_price: '5.00' }],
    );
    const id = String(variations[0]?.id);

    const roots = await connector.readRootsOf('variation', [id, '99999'], everyKind);

    expect(roots).toEqual([{ root: 'product', rootId: String(product.id), children: [id] }, null]);
  });
});
