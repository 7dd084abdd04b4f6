import { describe, expect, test } from 'vitest';

import { collect, openShop, reading, seedProducts } from './woocommerce-connector-harness.ts';
import type { OpenShop } from './woocommerce-connector-harness.ts';

const fields = reading('variant.quantity', 'order.status');

/** What a plugin does to one entity, wherever it is shown. */
function bend(open: OpenShop, id: string, changes: Readonly<Record<string, unknown>>): void {
  const bendOne = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'id' in value && String(value.id) === id
      ? { ...value, ...changes }
      : value;
  open.rewrite((json) => (Array.isArray(json) ? json.map(bendOne) : bendOne(json)));
}

describe('one entity that is not understood', () => {
  test.each([
    [{ stock_quantity: '12 Stück' }, 'stock_quantity'],
    [{ name: ['a'] }, 'name'],
    [{ images: [null] }, 'images.0'],
    [{ type: null }, 'type'],
  ])('%j is refused alone, with where it lies and no value of it', async (changes, at) => {
    const open = await openShop();
    const [, id = ''] = seedProducts(open, 3);
    bend(open, id, changes);

    const read = open.connector.readRoots('product', [{ id }], fields);

    await expect(read).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: `Cannot read product ${id}: what the shop says of it is not understood (at ${at})`,
    });
  });

  test('hides no other in a scan, which names it', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 3);
    const [, id = ''] = ids;
    bend(open, id, { stock_quantity: {} });

    const unread: string[] = [];
    const seen: string[] = [];
    for await (const page of open.connector.scan('product', {}, fields)) {
      seen.push(...page.roots.map((root) => root.id));
      unread.push(...(page.unread ?? []).map((one) => one.id));
    }

    expect(unread).toEqual([id]);
    expect(seen).toEqual(expect.arrayContaining(ids.filter((other) => other !== id)));
    expect(seen).not.toContain(id);
  });

  test('is named by the walk of changes with the time of its change, so that the cursor passes it', async () => {
    const open = await openShop();
    const before = new Date(open.now()).toISOString();
    const [id = ''] = seedProducts(open, 1);
    bend(open, id, { weight: [] });

    const pages = [];
    for await (const page of open.connector.scanChanged('product', before, fields)) pages.push(page);

    expect(pages.flatMap(({ unread = [] }) => unread)).toMatchObject([
      { id, changedAt: `${new Date(open.now()).toISOString().slice(0, 19)}Z` },
    ]);
  });

  test('a variation among them refuses its product', async () => {
    const open = await openShop();
    const { product, variations } = open.shop.people.createVariableProduct(
      { name: 'Shirt', attributes: [{ name: 'Size', variation: true, options: ['S', 'M'] }] },
      ['S', 'M'].map((Size) => ({ options: { Size }, regular_price: '5.00' })),
    );
    const child = String(variations[1]?.id);
    bend(open, child, { regular_price: {} });

    await expect(open.connector.readRoots('product', [{ id: String(product.id) }], fields)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
    });
  });

  test('an order of half metres is never made into whole ones', async () => {
    const open = await openShop();
    const [product = ''] = seedProducts(open, 1);
    const line = { product_id: Number(product), quantity: 2 };
    const id = String(open.shop.people.placeOrder({ status: 'processing', line_items: [line] }).id);
    bend(open, id, { line_items: [{ id: 1, name: 'Cloth', quantity: 2.5, total: '5.00', subtotal: '5.00' }] });

    await expect(open.connector.readRoots('order', [{ id }], fields)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: expect.stringContaining('the quantity of line 1'),
    });
  });
});

describe('what is not the shop at all', () => {
  test.each([
    [{ code: 'rest_no_route', message: 'No route', data: { status: 404 } }, 'an error under status 200'],
    [{ ok: true }, 'not WooCommerce’s'],
    [[{ ok: true }], 'not WooCommerce’s'],
    [null, 'not WooCommerce’s'],
  ])('%j under status 200 holds the pair, and is taken for no absence', async (json, why) => {
    const open = await openShop();
    const [id = ''] = seedProducts(open, 1);
    open.rewrite(() => json);

    await expect(open.connector.readRoots('product', [{ id }], fields)).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
      message: expect.stringContaining(why),
    });
  });

  test('a notice that PHP printed before the JSON is told by what it is', async () => {
    const { shop, connector } = await openShop();
    const body = '<br />\n<b>Warning</b>: Undefined key in /var/www/plugin.php on line 7<br />\n[{"id":1}]';
    shop.faults.plant({ kind: 'any', effect: { type: 'status', status: 200, body } });

    await expect(connector.probe(fields)).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
      message: 'Cannot probe the shop: something was printed into the answer (a PHP notice?)',
    });
  });

  test('changes without their time end the walk with an error instead of asking for ever', async () => {
    const open = await openShop();
    seedProducts(open, 2);
    open.rewrite((json) =>
      Array.isArray(json) ? json.map((row: object) => ({ ...row, date_modified_gmt: undefined })) : json,
    );

    await expect(collect(open.connector.scanChanged('product', '2020-01-01T00:00:00Z', fields))).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
    });
  });
});
