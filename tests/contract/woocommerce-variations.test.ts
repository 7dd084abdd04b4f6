import { describe, expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { collect, openShop, reading } from './woocommerce-connector-harness.ts';
import type { OpenShop } from './woocommerce-connector-harness.ts';

const fields = reading('variant.quantity');

/** Variable products with this many variations each, and one simple one. */
function seedVariable({ shop }: OpenShop, ...counts: readonly number[]): readonly string[] {
  const sizes = Array.from({ length: Math.max(...counts) }, (_, at) => `S${at}`);
  const made = counts.map((count, at) => {
    const body = {
      name: `Glove ${at}`,
      attributes: [{ name: 'Size', options: sizes, variation: true }],
    };
    const variations = sizes.slice(0, count).map((size) => ({
      options: { Size: size },
      regular_price: '9.00',
      sku: `G${at}-${size}`,
      manage_stock: true,
      stock_quantity: at + 1,
    }));
    return shop.people.createVariableProduct(body, variations).product.id;
  });
  shop.people.createProduct({ name: 'Simple', regular_price: '1.00' });
  return made.map(String);
}

/** The list over all products' variations, as WooCommerce has it since 10.3: their own rows, by id. */
function withVariationsList(
  open: OpenShop,
  change: (row: Readonly<Record<string, unknown>>) => unknown = (row) => row,
) {
  open.answer(async (asked) => {
    const url = new URL(asked, open.url);
    if (!url.pathname.endsWith('/wc/v3/variations')) return null;
    const ids = new Set((url.searchParams.get('include') ?? '').split(',').map(Number));
    const parents = open.shop.state().products.filter(({ type }) => type === 'variable');
    const rows = await Promise.all(parents.map(({ id }) => variationsOf(open, id)));
    return rows
      .flat()
      .filter(({ id }) => ids.has(Number(id)))
      .flatMap((row) => change(row) ?? [])
      .slice(0, Number(url.searchParams.get('per_page')));
  });
}

async function variationsOf({ url }: OpenShop, parent: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await fetch(`${url}/wp-json/wc/v3/products/${parent}/variations?per_page=100`, {
    headers: { 'x-forwarded-proto': 'https', authorization: `Basic ${Buffer.from('ck_1:cs_1').toString('base64')}` },
  });
  return (await answer.json()) as Readonly<Record<string, unknown>>[];
}

function perParent({ asked }: OpenShop): number {
  return asked.filter((path) => /\/products\/\d+\/variations/.test(path)).length;
}

function skusOf(roots: readonly unknown[]): readonly (readonly (string | null)[])[] {
  return roots.map((root) => (root as StoredProduct).variants.map(({ variant }) => variant.sku));
}

describe('variations of many products', () => {
  test('are read in the calls that they fill, where the shop has a list over all of them', async () => {
    const open = await openShop();
    const ids = seedVariable(open, 3, 2, 4);
    const plain = await open.connect().readRoots(
      'product',
      ids.map((id) => ({ id })),
      fields,
    );
    const before = perParent(open);
    withVariationsList(open);

    const roots = await open.connect().readRoots(
      'product',
      ids.map((id) => ({ id })),
      fields,
    );
    const scanned = await collect(open.connect().scan('product', {}, fields));

    expect(before).toBe(3);
    expect(perParent(open)).toBe(before);
    expect(roots).toEqual(plain);
    expect(scanned.filter(({ id }) => ids.includes(id))).toEqual(plain);
  });

  test('a shop that has no such list is asked once whether it has, and product by product', async () => {
    const open = await openShop();
    const ids = seedVariable(open, 2, 2);
    const connector = open.connect();

    for (let round = 0; round < 2; round++)
      await connector.readRoots(
        'product',
        ids.map((id) => ({ id })),
        fields,
      );

    expect(perParent(open)).toBe(4);
    expect(open.asked.filter((path) => path.includes('/wc/v3/variations'))).toHaveLength(1);
  });

  test('one that the list leaves out, or that is not understood in it, has its product asked for alone', async () => {
    const open = await openShop();
    const ids = seedVariable(open, 2, 2, 2);
    withVariationsList(open, (row) => {
      if (row['sku'] === 'G0-S1') return undefined;
      return row['sku'] === 'G1-S0' ? { ...row, stock_quantity: 'viele' } : row;
    });

    const roots = await open.connect().readRoots(
      'product',
      ids.map((id) => ({ id })),
      fields,
    );

    expect(skusOf(roots)).toEqual([
      ['G0-S0', 'G0-S1'],
      ['G1-S0', 'G1-S1'],
      ['G2-S0', 'G2-S1'],
    ]);
    expect(perParent(open)).toBe(2);
  });

  test.each(['always', 'only when it is asked for many'])('a list that breaks %s hides nothing', async (when) => {
    const open = await openShop();
    const ids = seedVariable(open, 2, 2);
    open.answer((asked) => {
      if (!asked.includes('/wc/v3/variations')) return null;
      const isProbe = asked.includes('per_page=1&');
      return isProbe && when !== 'always'
        ? []
        : Response.json({ code: 'internal_server_error', message: '' }, { status: 500 });
    });

    const roots = await open.connect().readRoots(
      'product',
      ids.map((id) => ({ id })),
      fields,
    );

    expect(skusOf(roots)).toEqual([
      ['G0-S0', 'G0-S1'],
      ['G1-S0', 'G1-S1'],
    ]);
  });

  test('a product with more than a page of them is read whole', async () => {
    const open = await openShop();
    const [id = ''] = seedVariable(open, 230);

    const [root] = await open.connector.readRoots('product', [{ id }], fields);

    expect(new Set(skusOf([root])[0])).toHaveLength(230);
    expect(root).toMatchObject({ partial: false });
  });
});
