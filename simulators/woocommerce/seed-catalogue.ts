import type { Family } from './catalogue-words.ts';
import { COLOURS, MAKERS, SIMPLE_FAMILIES, SIZES, TRAITS, VARIABLE_FAMILIES } from './catalogue-words.ts';
import { pick } from './pick.ts';
import { blankProduct } from './products.ts';
import { stockStatusFor } from './products-read.ts';
import { seedCustomers, seedOrders } from './seed-orders.ts';
import type { Shop } from './shop.ts';
import { insertRow } from './shop.ts';
import { gmtOf } from './time.ts';
import type { Product } from './types.ts';
import { slugOf, storedTitle } from './values.ts';

export type CatalogueSize = {
  /** What can be bought: simple products and variations together. */
  readonly variants: number;
  readonly orders: number;
  readonly customers?: number;
};

/** A generated shop: the same for the same `random`. It is history, so nobody is told and no stock moves. */
export function seedCatalogue(
  shop: Shop,
  { variants, orders, customers = Math.ceil(orders / 3) }: CatalogueSize,
): void {
  const categories = seedCategories(shop);
  let made = 0;
  let serial = 0;
  while (made < variants) {
    serial += 1;
    const left = variants - made;
    // About a third of all variants hang on variable products.
    made +=
      left >= 6 && shop.random() < 0.08 ? seedVariable(shop, serial, categories) : seedSimple(shop, serial, categories);
  }
  seedCustomers(shop, customers);
  seedOrders(shop, orders);
}

const BY = { actor: 'store' } as const;
const DAY = 86_400_000;

function seedCategories(shop: Shop): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const { category } of [...SIMPLE_FAMILIES, ...VARIABLE_FAMILIES]) {
    const id = shop.nextId('term');
    ids.set(category, id);
    insertRow(
      shop,
      'category',
      { id, name: storedTitle(category), slug: slugOf(category), parent: 0, description: '' },
      BY,
    );
  }
  return ids;
}

type Seeded = { readonly family: Family; readonly code: string; readonly base: Product };

function baseProduct(
  shop: Shop,
  families: readonly Family[],
  type: 'simple' | 'variable',
  serial: number,
  categories: ReadonlyMap<string, number>,
): Seeded {
  const { random } = shop;
  const family = pick(random, families);
  const code = `${family.prefix}-${String(serial).padStart(3, '0')}`;
  const name = storedTitle(`${pick(random, family.nouns)} ${pick(random, MAKERS)} ${pick(random, TRAITS)}`);
  const createdAt = shop.now() - Math.floor((100 + random() * 900) * DAY);
  const modifiedAt = createdAt + Math.floor(random() * (shop.now() - 40 * DAY - createdAt));
  const category = categories.get(family.category);
  const base: Product = {
    ...blankProduct(shop, shop.nextId('post'), type),
    name,
    slug: `${slugOf(name)}-${serial}`,
    sku: code,
    date_created_gmt: gmtOf(createdAt),
    date_modified_gmt: gmtOf(modifiedAt),
    description: `<p>${name}. Laves i små serier – ingen to er ens ☕</p>`,
    short_description: '<p>Kort &amp; godt</p>',
    category_ids: category === undefined ? [15] : [category],
    weight: (0.1 + random() * 3).toFixed(2),
    status: random() < 0.02 ? 'draft' : random() < 0.01 ? 'private' : 'publish',
    meta_data: random() < 0.2 ? [{ id: shop.nextId('meta'), key: '_supplier_ref', value: `LEV-${serial}` }] : [],
  };
  return { family, code, base };
}

type Sellable = Pick<
  Product,
  'regular_price' | 'sale_price' | 'manage_stock' | 'stock_quantity' | 'stock_status' | 'backorders'
>;

/** Prices as people set them, numbers as shelves have them; one in twelve is not counted at all. */
function sellable(shop: Shop, family: Family): Sellable {
  const { random } = shop;
  const euros = Math.round(family.from + random() * (family.to - family.from));
  const cents = pick(random, [0, 50, 90, 95]);
  const regular_price = (euros + cents / 100).toFixed(2);
  const sale_price = random() < 0.1 ? (Math.floor(euros * 0.8) + 0.95).toFixed(2) : '';
  const price = { regular_price, sale_price: Number(sale_price) < Number(regular_price) ? sale_price : '' };
  if (random() < 1 / 12) {
    return {
      ...price,
      manage_stock: false,
      stock_quantity: null,
      stock_status: random() < 0.9 ? 'instock' : 'outofstock',
      backorders: 'no',
    };
  }
  const stock_quantity = random() < 0.07 ? 0 : Math.floor(3 + random() ** 2 * 200);
  const backorders = random() < 0.04 ? 'notify' : 'no';
  const stock_status = stockStatusFor(stock_quantity, backorders, shop.settings.noStock);
  return { ...price, manage_stock: true, stock_quantity, stock_status, backorders };
}

function seedSimple(shop: Shop, serial: number, categories: ReadonlyMap<string, number>): number {
  const { family, base } = baseProduct(shop, SIMPLE_FAMILIES, 'simple', serial, categories);
  insertRow(shop, 'product', { ...base, ...sellable(shop, family) }, BY);
  return 1;
}

function attribute(name: string, position: number, options: readonly string[]): Product['attributes'][number] {
  return { id: 0, name, slug: name, position, visible: true, variation: true, options };
}

function seedVariable(shop: Shop, serial: number, categories: ReadonlyMap<string, number>): number {
  const { random } = shop;
  const { family, code, base } = baseProduct(shop, VARIABLE_FAMILIES, 'variable', serial, categories);
  const colours = COLOURS.slice(0, 2 + Math.floor(random() * 2));
  const sizes = random() < 0.6 ? SIZES.slice(1, 3) : [];
  const attributes = [
    attribute('Farve', 0, colours),
    ...(sizes.length === 0 ? [] : [attribute('Størrelse', 1, sizes)]),
  ];
  // One in eight keeps one number for all its variations, on the parent.
  const shared = random() < 1 / 8;
  const { regular_price, sale_price, ...drawn } = sellable(shop, family);
  // One number for all is always counted, and twelve are there.
  const uncounted = shared && drawn.stock_quantity === null;
  const stock = uncounted ? { ...drawn, stock_quantity: 12, stock_status: 'instock' as const } : drawn;
  insertRow(
    shop,
    'product',
    {
      ...base,
      attributes,
      ...(shared ? { ...stock, manage_stock: true } : {}),
    },
    BY,
  );
  const combinations = colours.flatMap((colour) =>
    sizes.length === 0 ? [[colour]] : sizes.map((size) => [colour, size]),
  );
  for (const combination of combinations) {
    const own = shared
      ? { ...stock, manage_stock: false, stock_quantity: null, backorders: 'no' }
      : sellable(shop, family);
    const variation: Product = {
      ...blankProduct(shop, shop.nextId('post'), 'variation', base.id),
      slug: `${base.slug}-${slugOf(combination.join(' '))}`,
      sku: `${code}-${combination.map((option) => slugOf(option).toUpperCase().slice(0, 3)).join('-')}`,
      date_created_gmt: base.date_created_gmt,
      date_modified_gmt: base.date_modified_gmt,
      status: base.status === 'draft' ? 'publish' : base.status,
      ...own,
      regular_price,
      sale_price,
      options: combination.map((option, index) => ({
        id: 0,
        name: attributes[index]?.name ?? '',
        slug: attributes[index]?.slug ?? '',
        option,
      })),
    };
    insertRow(shop, 'product', variation, BY);
  }
  return combinations.length;
}
