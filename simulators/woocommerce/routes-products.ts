import type { BatchVerbs } from './batch.ts';
import { runBatch } from './batch.ts';
import { RestError, invalidId } from './errors.ts';
import type { ListRules } from './list.ts';
import { checkListParams, filtered, ordered, pageOf } from './list.ts';
import { isOnSale, shownStock } from './products-read.ts';
import {
  createProduct,
  createVariation,
  destroyProduct,
  productOf,
  trashProduct,
  updateFromBody,
  variationOf,
} from './products.ts';
import type { Context, Rendered } from './render-product.ts';
import { apiUrl, renderProduct, renderVariation } from './render-product.ts';
import type { Call, Reply, Route } from './route.ts';
import { WRITES, created, idOf, ok, withoutHints } from './route.ts';
import type { Product } from './types.ts';
import { PRODUCT_RULES, VARIATION_RULES, checkBody } from './validate.ts';
import type { Body } from './values.ts';
import { booleanOf, integerOf, listOf, textOf } from './values.ts';

const ORDER_BY = [
  'date',
  'id',
  'include',
  'title',
  'slug',
  'modified',
  'popularity',
  'rating',
  'post__in',
  'price',
  'sales',
  'menu_order',
];
const LIST_STATUSES = ['any', 'future', 'trash', 'draft', 'pending', 'private', 'publish'];
const PRODUCT_LIST: ListRules = { orderby: ORDER_BY, statuses: LIST_STATUSES };

function contextOf(call: Call): Context {
  return call.query['context'] === 'edit' ? 'edit' : 'view';
}

function shown(call: Call, product: Product, context: Context): Rendered {
  return renderProduct(call.shop, product, context, call.randomId);
}

function listProducts(call: Call): Reply {
  checkListParams(call, PRODUCT_LIST);
  const { shop, query } = call;
  const skus = skuFilter(call);
  const all = [...shop.tables.product.values()];
  // Variations are found by SKU only.
  const rows = all.filter((product) =>
    skus === undefined ? product.type !== 'variation' : skus.has(product.sku.toLowerCase()),
  );
  const found = filtered(call, rows).filter((product) => hasStatus(query, product.status) && matches(call, product));
  return pageOf(call, ordered(call, found, textKey(call)), (product) => shown(call, product, contextOf(call)));
}

function textKey(call: Call): (product: Product) => string {
  return call.query['orderby'] === 'slug' ? ({ slug }) => slug : ({ name }) => name.toLowerCase();
}

/** Several by comma; one that contains a comma matches whole as well. Case and outer blanks do not count. */
function skuFilter(call: Call): ReadonlySet<string> | undefined {
  const text = textOf(call.query['sku']).toLowerCase();
  if (text === '') return undefined;
  return new Set([text.trim(), ...text.split(',').map((sku) => sku.trim())]);
}

function hasStatus(query: Body, status: string): boolean {
  const included = listOf(query['include_status']);
  if (included.length > 0) return included.includes(status);
  if (listOf(query['exclude_status']).includes(status)) return false;
  const asked = textOf(query['status']);
  return asked === '' || asked === 'any' ? status !== 'trash' && status !== 'auto-draft' : status === asked;
}

function matches(call: Call, product: Product): boolean {
  const { shop, query } = call;
  const asked = (name: string): string => textOf(query[name]).toLowerCase();
  const texts = [product.name, product.description, product.short_description].map((text) => text.toLowerCase());
  return (
    (asked('slug') === '' || product.slug === asked('slug')) &&
    (asked('type') === '' || product.type === asked('type')) &&
    (asked('search') === '' || texts.some((text) => text.includes(asked('search')))) &&
    (asked('search_sku') === '' || product.sku.toLowerCase().includes(asked('search_sku'))) &&
    (asked('global_unique_id') === '' || product.global_unique_id === asked('global_unique_id')) &&
    (asked('category') === '' || product.category_ids.includes(integerOf(asked('category')))) &&
    (asked('stock_status') === '' || shownStock(shop, product).stock_status === asked('stock_status')) &&
    (asked('on_sale') === '' || isOnSale(shop, product) === booleanOf(asked('on_sale')))
  );
}

const USE_VARIATIONS =
  'To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.';

function rootOnly(product: Product): Product {
  if (product.type !== 'variation') return product;
  throw new RestError('woocommerce_rest_invalid_product_id', USE_VARIATIONS, 404);
}

/** Of an update; its "not there" is a 400. */
function forUpdate(call: Call, id: number): Product {
  const product = call.shop.tables.product.get(id);
  if (product === undefined) throw invalidId('product', 400);
  return rootOnly(product);
}

function removeProduct(call: Call, product: Product, force: boolean): Rendered {
  const before = shown(call, product, 'edit');
  if (force) destroyProduct(call.shop, product, call.cause);
  else trashProduct(call.shop, product, call.cause);
  return force ? withoutHints(before) : before;
}

function productBatch(call: Call): BatchVerbs {
  const { shop, cause } = call;
  return {
    create: (body) => {
      if (body['type'] === 'variation') throw new RestError('woocommerce_rest_invalid_product_id', USE_VARIATIONS, 404);
      return shown(call, createProduct(shop, body, cause), 'edit');
    },
    update: (id, body) => shown(call, updateFromBody(shop, forUpdate(call, id), body, cause), 'edit'),
    // Without a way to the trash.
    delete: (id) => removeProduct(call, rootOnly(productOf(shop, id)), true),
  };
}

function postProduct(call: Call): Reply {
  const { shop, body } = call;
  if (body['id'] !== undefined)
    throw new RestError('woocommerce_rest_product_exists', 'Cannot create existing product.', 400);
  checkBody(body, PRODUCT_RULES);
  const product = createProduct(shop, body, call.cause);
  return created(shown(call, product, 'edit'), apiUrl(shop, `products/${product.id}`));
}

async function putProduct(call: Call): Promise<Reply> {
  checkBody(call.body, PRODUCT_RULES);
  const body = await settledDelta(call, forUpdate(call, idOf(call)));
  return ok(shown(call, updateFromBody(call.shop, forUpdate(call, idOf(call)), body, call.cause), 'edit'));
}

/** A delta is added to the number that was read, and that sum is stored: what others did in between is lost. */
async function settledDelta({ shop, body }: Call, read: Product): Promise<Body> {
  if (body['inventory_delta'] === undefined || body['stock_quantity'] !== undefined) return body;
  const { inventory_delta: delta, ...rest } = body;
  await shop.meanwhile();
  return { ...rest, stock_quantity: (read.stock_quantity ?? 0) + integerOf(delta) };
}

function listVariations(call: Call): Reply {
  checkListParams(call, PRODUCT_LIST);
  const parent = productOf(call.shop, idOf(call, 'parent'));
  const rows = (call.shop.index.children.get(parent.id) ?? []).flatMap((id) => call.shop.tables.product.get(id) ?? []);
  const skus = skuFilter(call);
  const found = filtered(call, rows).filter(
    ({ sku, status }) => hasStatus(call.query, status) && (skus === undefined || skus.has(sku.toLowerCase())),
  );
  return pageOf(call, ordered(call, found), (variation) => renderVariation(call.shop, variation, contextOf(call)));
}

function variationForUpdate(call: Call, id: number): Product {
  const variation = call.shop.tables.product.get(id);
  if (variation === undefined || variation.parent_id !== idOf(call, 'parent'))
    throw invalidId('product_variation', 400);
  return variation;
}

function removeVariation(call: Call, variation: Product, force: boolean): Rendered {
  const before = renderVariation(call.shop, variation, 'edit');
  if (force) destroyProduct(call.shop, variation, call.cause);
  else trashProduct(call.shop, variation, call.cause);
  return force ? withoutHints(before) : before;
}

function variationBatch(call: Call): BatchVerbs {
  const { shop, cause } = call;
  const parent = idOf(call, 'parent');
  return {
    create: (body) => renderVariation(shop, createVariation(shop, parent, body, cause), 'edit'),
    update: (id, body) =>
      renderVariation(shop, updateFromBody(shop, variationForUpdate(call, id), body, cause), 'edit'),
    delete: (id) => removeVariation(call, variationOf(shop, parent, id), true),
  };
}

function postVariation(call: Call): Reply {
  const parent = idOf(call, 'parent');
  checkBody(call.body, VARIATION_RULES);
  const variation = createVariation(call.shop, parent, call.body, call.cause);
  return created(
    renderVariation(call.shop, variation, 'edit'),
    apiUrl(call.shop, `products/${parent}/variations/${variation.id}`),
  );
}

async function putVariation(call: Call): Promise<Reply> {
  checkBody(call.body, VARIATION_RULES);
  const body = await settledDelta(call, variationForUpdate(call, idOf(call)));
  const variation = variationForUpdate(call, idOf(call));
  return ok(renderVariation(call.shop, updateFromBody(call.shop, variation, body, call.cause), 'edit'));
}

const forced = (call: Call): boolean => booleanOf(call.query['force'] ?? call.body['force']);
const ownVariation = (call: Call): Product => variationOf(call.shop, idOf(call, 'parent'), idOf(call));

export const PRODUCT_ROUTES: readonly Route[] = [
  { verbs: ['GET'], path: 'products', access: 'list', handle: listProducts },
  { verbs: ['POST'], path: 'products', access: 'create', handle: postProduct },
  { verbs: WRITES, path: 'products/batch', access: 'batch', handle: (call) => runBatch(call, productBatch(call)) },
  {
    verbs: ['GET'],
    path: 'products/{id}',
    access: 'view',
    handle: (call) => ok(shown(call, productOf(call.shop, idOf(call)), contextOf(call))),
  },
  { verbs: WRITES, path: 'products/{id}', access: 'edit', handle: putProduct },
  {
    verbs: ['DELETE'],
    path: 'products/{id}',
    access: 'delete',
    handle: (call) => ok(removeProduct(call, rootOnly(productOf(call.shop, idOf(call))), forced(call))),
  },
  { verbs: ['GET'], path: 'products/{parent}/variations', access: 'list', handle: listVariations },
  { verbs: ['POST'], path: 'products/{parent}/variations', access: 'create', handle: postVariation },
  {
    verbs: WRITES,
    path: 'products/{parent}/variations/batch',
    access: 'batch',
    handle: (call) => runBatch(call, variationBatch(call)),
  },
  {
    verbs: ['GET'],
    path: 'products/{parent}/variations/{id}',
    access: 'view',
    handle: (call) => ok(renderVariation(call.shop, ownVariation(call), contextOf(call))),
  },
  { verbs: WRITES, path: 'products/{parent}/variations/{id}', access: 'edit', handle: putVariation },
  {
    verbs: ['DELETE'],
    path: 'products/{parent}/variations/{id}',
    access: 'delete',
    handle: (call) => ok(removeVariation(call, ownVariation(call), forced(call))),
  },
];
