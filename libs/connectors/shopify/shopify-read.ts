import type { z } from 'zod';

import type { RootKind, RootRef, StoredCustomer, StoredOrder, StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, ReadContext } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as catalogue from './shopify-documents-products.ts';
import * as reads from './shopify-documents-read.ts';
import { fromGid, toGid } from './shopify-ids.ts';
import { createItemMemory, type ItemOwner } from './shopify-item-memory.ts';
import { toStoredCustomer, toStoredProduct, toStoredVariant } from './shopify-mapping.ts';
import { toStoredOrder } from './shopify-mapping-order.ts';
import { createPieces } from './shopify-pieces.ts';
import type { Shop } from './shopify-shop.ts';
import {
  customerWire,
  nodesAnswer,
  orderLinesPageAnswer,
  orderWire,
  productsOfItemsAnswer,
  productWire,
  productWithVariantsWire,
  variantOfProductWire,
  variantsPageAnswer,
  type LineWire,
  type OrderWire,
  type VariantWire,
} from './shopify-wire.ts';

/** Reads by id: exact and current, unlike a search. */
export type Reader = {
  readonly roots: (
    root: RootKind,
    refs: readonly RootRef[],
    call: ReadContext,
  ) => Promise<readonly (StoredRoot | null)[]>;
  readonly rootsOf: (
    childKind: string,
    ids: readonly string[],
    call: CallContext,
  ) => Promise<
    readonly ({ readonly root: RootKind; readonly rootId: string; readonly children?: readonly string[] } | null)[]
  >;
  /** Completes what a page of products or orders has only begun to list. */
  readonly wholeProduct: (wire: WholeProduct, call: CallContext) => Promise<StoredProduct>;
  readonly wholeOrder: (wire: OrderWire, call: CallContext) => Promise<StoredOrder>;
};
type WholeProduct = z.infer<typeof productWithVariantsWire>;

const IDS_MAX = 250;
const PRODUCTS_MAX = 50;
const ORDERS_MAX = 50;

/** `events`: an order's history is told from what it keeps, and not only from what was carried to it. */
export function createReader(client: ShopifyClient, shop: Shop, { events }: { readonly events: boolean }): Reader {
  const whole = createWholeReader(client, shop, events);
  const products = createProductReader(client, shop, whole);
  const parts = createPartReader(client, shop);
  const flat = createFlatReader(client, whole);
  const items = createItemMemory();
  const owners = createOwnerReader(client);

  return {
    ...whole,
    async roots(root, refs, call) {
      if (root !== 'product') {
        const ids = unique(refs.map(({ id }) => id));
        const found = root === 'order' ? await flat.orders(ids, call) : await flat.customers(ids, call);
        return refs.map(({ id }) => found.get(id) ?? null);
      }
      const wanted = refs.filter(({ children }) => children === undefined).map(({ id }) => id);
      const narrowed = refs.filter(({ children }) => children !== undefined);
      const [found, partial] = await Promise.all([products(unique(wanted), call), parts(narrowed, call)]);
      for (const product of [...found.values(), ...partial.values()]) items.learn(product);
      return refs.map((ref) => (ref.children === undefined ? found.get(ref.id) : partial.get(ref.id)) ?? null);
    },
    async rootsOf(childKind, ids, call) {
      const isItem = childKind !== 'variant';
      const known = new Map(ids.flatMap((id) => (isItem ? toEntry(id, items.get(id)) : [])));
      const asked = ids.filter((id) => !known.has(id));
      const found = await owners(isItem ? 'InventoryItem' : 'ProductVariant', asked, call);
      for (const [index, id] of asked.entries()) {
        const owner = found[index] ?? undefined;
        if (owner === undefined) continue;
        known.set(id, owner);
        if (isItem) items.set(id, owner);
      }
      return ids.map((id) => {
        const owner = known.get(id);
        return owner === undefined ? null : { root: 'product', rootId: owner.rootId, children: [owner.variantId] };
      });
    },
  };
}

function toEntry(id: string, owner: ItemOwner | undefined): readonly (readonly [string, ItemOwner])[] {
  return owner === undefined ? [] : [[id, owner]];
}

type OwnerReader = (
  type: 'InventoryItem' | 'ProductVariant',
  ids: readonly string[],
  call: CallContext,
) => Promise<readonly (ItemOwner | null)[]>;

/** Asks which variant and product a child belongs to; null: it is not there any more. */
function createOwnerReader(client: ShopifyClient): OwnerReader {
  const pieces = createPieces(IDS_MAX);
  return async (type, ids, call) => {
    const found = await pieces(ids, async (part) => {
      const variables = { ids: part.map((id) => toGid(type, id)) };
      const { nodes } = await client.read(reads.PRODUCTS_OF_ITEMS, productsOfItemsAnswer, variables, call);
      if (nodes.length !== part.length)
        throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot read nodes: the answer leaves some out');
      return nodes;
    });
    return found.map((node) => {
      const variant = node?.variants?.nodes[0];
      const product = variant?.product ?? node?.product;
      const child = variant?.id ?? node?.id;
      if (product === null || product === undefined || child === null || child === undefined) return null;
      return { rootId: fromGid(product.id), variantId: fromGid(child) };
    });
  };
}

type WholeReader = Pick<Reader, 'wholeProduct' | 'wholeOrder'>;

function createWholeReader(client: ShopifyClient, shop: Shop, events: boolean): WholeReader {
  return {
    async wholeProduct(wire, call) {
      const { currency } = await shop.info(call);
      const variants: VariantWire[] = [...wire.variants.nodes];
      for (let page = wire.variants.pageInfo; page?.hasNextPage === true;) {
        const locations = await shop.locations(call);
        const variables = { id: wire.id, after: page.endCursor, ...catalogue.locationVariables(locations) };
        const document = catalogue.variantsPage(locations.length);
        const { product } = await client.read(document, variantsPageAnswer, variables, call);
        if (product === null || product === undefined) break;
        variants.push(...product.variants.nodes);
        page = product.variants.pageInfo;
      }
      const stored = variants.map((variant) => toStoredVariant(variant, currency));
      return toStoredProduct(wire, stored, false);
    },
    async wholeOrder(wire, call) {
      const lines: LineWire[] = [...wire.lineItems.nodes];
      for (let page = wire.lineItems.pageInfo; page?.hasNextPage === true;) {
        const variables = { id: wire.id, after: page.endCursor };
        const { order } = await client.read(reads.ORDER_LINES_PAGE, orderLinesPageAnswer, variables, call);
        if (order === null || order === undefined) break;
        lines.push(...order.lineItems.nodes);
        page = order.lineItems.pageInfo;
      }
      return toStoredOrder(wire, lines, { events });
    },
  };
}

type ProductReader = (ids: readonly string[], call: CallContext) => Promise<ReadonlyMap<string, StoredProduct>>;

function createProductReader(client: ShopifyClient, shop: Shop, { wholeProduct }: WholeReader): ProductReader {
  const pieces = createPieces(PRODUCTS_MAX);
  return async (ids, call) => {
    const found = new Map<string, StoredProduct>();
    const wires = await pieces(ids, async (part) => {
      const locations = await shop.locations(call);
      const gids = part.map((id) => toGid('Product', id));
      const variables = { ids: gids, ...catalogue.locationVariables(locations), content: true };
      const { nodes } = await client.read(catalogue.productsById(locations.length), nodesAnswer, variables, call);
      return parseNodes(nodes, productWithVariantsWire, part.length);
    });
    for (const wire of wires) found.set(fromGid(wire.id), await wholeProduct(wire, call));
    return found;
  };
}

type FlatReader = {
  readonly orders: (ids: readonly string[], call: ReadContext) => Promise<ReadonlyMap<string, StoredOrder>>;
  readonly customers: (ids: readonly string[], call: CallContext) => Promise<ReadonlyMap<string, StoredCustomer>>;
};

function createFlatReader(client: ShopifyClient, { wholeOrder }: WholeReader): FlatReader {
  const [orderPieces, customerPieces] = [createPieces(ORDERS_MAX), createPieces(IDS_MAX)];
  return {
    async orders(ids, call) {
      const found = new Map<string, StoredOrder>();
      const wires = await orderPieces(ids, async (part) => {
        const variables = { ids: part.map((id) => toGid('Order', id)), history: call.fields.has('order.history') };
        const { nodes } = await client.read(reads.ORDERS_BY_ID, nodesAnswer, variables, call);
        return parseNodes(nodes, orderWire, part.length);
      });
      for (const wire of wires) found.set(fromGid(wire.id), await wholeOrder(wire, call));
      return found;
    },
    async customers(ids, call) {
      const wires = await customerPieces(ids, async (part) => {
        const variables = { ids: part.map((id) => toGid('Customer', id)) };
        const { nodes } = await client.read(reads.CUSTOMERS_BY_ID, nodesAnswer, variables, call);
        return parseNodes(nodes, customerWire, part.length);
      });
      return new Map(wires.map((wire) => [fromGid(wire.id), toStoredCustomer(wire)]));
    },
  };
}

type PartReader = (refs: readonly RootRef[], call: ReadContext) => Promise<ReadonlyMap<string, StoredProduct>>;

/** Reads the named variants of products, 250 to a call whichever products they belong to. */
function createPartReader(client: ShopifyClient, shop: Shop): PartReader {
  const [variantPieces, productPieces] = [createPieces(IDS_MAX), createPieces(IDS_MAX)];
  return async (refs, call) => {
    const found = new Map<string, StoredProduct>();
    if (refs.length === 0) return found;
    const content = catalogue.wantsContent(call.fields);
    const [{ currency }, locations] = await Promise.all([shop.info(call), shop.locations(call)]);
    const rootOf = new Map(refs.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)));

    const variantWires = await variantPieces([...rootOf.keys()], async (part) => {
      const ids = part.map((id) => toGid('ProductVariant', id));
      const variables = { ids, ...catalogue.locationVariables(locations), content };
      const { nodes } = await client.read(catalogue.variantsById(locations.length), nodesAnswer, variables, call);
      return parseNodes(nodes, variantOfProductWire, part.length);
    });
    for (const wire of variantWires) {
      const id = fromGid(wire.product.id);
      if (rootOf.get(fromGid(wire.id)) !== id) continue;
      const variants = [...(found.get(id)?.variants ?? []), toStoredVariant(wire, currency)];
      found.set(id, toStoredProduct(wire.product, variants, true));
    }
    // Where none of the children was there, the product itself may still be.
    const childless = unique(refs.map(({ id }) => id)).filter((id) => !found.has(id));
    const productWires = await productPieces(childless, async (part) => {
      const variables = { ids: part.map((id) => toGid('Product', id)), content };
      const { nodes } = await client.read(catalogue.PRODUCTS_WITHOUT_VARIANTS, nodesAnswer, variables, call);
      return parseNodes(nodes, productWire, part.length);
    });
    for (const wire of productWires) found.set(fromGid(wire.id), toStoredProduct(wire, [], true));
    return found;
  };
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}

/**
 * What of a list of nodes is there: null is missing, and an id of another type gives an empty object.
 *
 * @throws {SyncError} STORE_ANSWER_FOREIGN where one is there and cannot be read: that must never look like a missing one.
 */
function parseNodes<T>(nodes: readonly unknown[], schema: z.ZodType<T>, asked: number): readonly T[] {
  if (nodes.length !== asked)
    throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot read nodes: the answer leaves some out');
  return nodes.flatMap((node) => {
    if (typeof node !== 'object' || node === null || !('id' in node)) return [];
    const parsed = schema.safeParse(node);
    if (parsed.success) return [parsed.data];
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new SyncError('STORE_ANSWER_FOREIGN', `Cannot read a node: the answer lacks "${where}"`);
  });
}
