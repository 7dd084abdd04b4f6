import { createCustomer, customerOf, deleteCustomer, updateCustomer } from './customers.ts';
import { checkOut, createNote, orderOf, restoreOrder, trashOrder, updateOrder } from './orders.ts';
import { stockHolder, variationsOf } from './products-read.ts';
import {
  createProduct,
  createVariation,
  destroyProduct,
  productOf,
  restoreProduct,
  saveProduct,
  setStock,
  trashProduct,
  updateFromBody,
} from './products.ts';
import { createRefund } from './refunds.ts';
import type { Cause, Shop } from './shop.ts';
import { updateRow } from './shop.ts';
import type { Customer, Note, Order, Product, Refund } from './types.ts';
import type { Body } from './values.ts';

/** A variation as staff enters it: the options by the attribute's name. */
export type NewVariation = { readonly options: Readonly<Record<string, string>> } & Body;

/** What shoppers and staff do in the shop, through the same insides as the API. */
export type People = {
  /** Of a product or a variation; where the parent keeps the stock, the parent's. */
  readonly setStock: (id: number, quantity: number) => Product;
  /** As a careless plugin does it: no clock moves, nobody is told. */
  readonly setStockSilently: (id: number, quantity: number) => void;
  readonly setPrice: (id: number, price: { readonly regular?: string; readonly sale?: string }) => Product;
  readonly setStockStatus: (id: number, status: 'instock' | 'outofstock' | 'onbackorder') => Product;
  readonly editTexts: (id: number, texts: Body) => Product;
  readonly createProduct: (body: Body) => Product;
  readonly createVariableProduct: (
    body: Body,
    variations: readonly NewVariation[],
  ) => { readonly product: Product; readonly variations: readonly Product[] };
  readonly trashProduct: (id: number) => void;
  readonly restoreProduct: (id: number) => void;
  readonly deleteProduct: (id: number) => void;
  /** wp-admin's "Save variations": the product and every variation of it are saved, changed or not. */
  readonly saveVariations: (parentId: number) => void;
  /** A page, post or coupon goes to the trash: the shop announces it as a deleted product (a false delete). Answers its id. */
  readonly trashPage: () => number;
  /** A checkout: the body as the orders endpoint takes it; `status` defaults to processing. */
  readonly placeOrder: (body: Body) => Order;
  readonly setOrderStatus: (id: number, status: string) => Order;
  readonly addTracking: (id: number, provider: string, number: string) => Order;
  readonly addOrderNote: (id: number, text: string, options?: { readonly forCustomer?: boolean }) => Note;
  readonly refundOrder: (id: number, body: Body) => Refund;
  readonly trashOrder: (id: number) => void;
  readonly restoreOrder: (id: number) => void;
  readonly createCustomer: (body: Body) => Customer;
  readonly updateCustomer: (id: number, body: Body) => Customer;
  readonly deleteCustomer: (id: number) => void;
};

export function createPeople(shop: Shop): People {
  return { ...catalogueWork(shop), ...orderWork(shop), ...customerWork(shop) };
}

const BY: Cause = { actor: 'people' };

type CatalogueWork = Pick<
  People,
  | 'setStock'
  | 'setStockSilently'
  | 'setPrice'
  | 'setStockStatus'
  | 'editTexts'
  | 'createProduct'
  | 'createVariableProduct'
  | 'trashProduct'
  | 'restoreProduct'
  | 'deleteProduct'
  | 'saveVariations'
  | 'trashPage'
>;

function catalogueWork(shop: Shop): CatalogueWork {
  return {
    setStock: (id, quantity) => setStock(shop, productOf(shop, id), quantity, BY),
    setStockSilently: (id, quantity) => {
      const holder = stockHolder(shop, productOf(shop, id));
      updateRow(shop, 'product', holder.id, { stock_quantity: quantity }, BY, true);
    },
    setPrice(id, { regular, sale }) {
      const regularPrice = regular === undefined ? {} : { regular_price: regular };
      const salePrice = sale === undefined ? {} : { sale_price: sale };
      return updateFromBody(shop, productOf(shop, id), { ...regularPrice, ...salePrice }, BY);
    },
    setStockStatus: (id, status) => updateFromBody(shop, productOf(shop, id), { stock_status: status }, BY),
    editTexts: (id, texts) => updateFromBody(shop, productOf(shop, id), texts, BY),
    createProduct: (body) => createProduct(shop, body, BY),
    createVariableProduct(body, variations) {
      const product = createProduct(shop, { ...body, type: 'variable' }, BY);
      const made = variations.map(({ options, ...fields }) => {
        const attributes = Object.entries(options).map(([name, option]) => attributeBody(product, name, option));
        return createVariation(shop, product.id, { ...fields, attributes }, BY);
      });
      return { product: productOf(shop, product.id), variations: made };
    },
    trashProduct: (id) => trashProduct(shop, productOf(shop, id), BY),
    restoreProduct: (id) => restoreProduct(shop, productOf(shop, id), BY),
    deleteProduct: (id) => destroyProduct(shop, productOf(shop, id), BY),
    saveVariations(parentId) {
      saveProduct(shop, productOf(shop, parentId), {}, BY);
      for (const variation of variationsOf(shop, parentId)) saveProduct(shop, variation, {}, BY);
    },
    trashPage() {
      const id = shop.nextId('post');
      shop.emit({ topic: 'product.deleted', entity: 'page', id });
      return id;
    },
  };
}

function attributeBody(product: Product, name: string, option: string): Body {
  const known = product.attributes.find((attribute) => attribute.name === name);
  return known === undefined || known.id === 0 ? { name, option } : { id: known.id, name, option };
}

type OrderWork = Pick<
  People,
  'placeOrder' | 'setOrderStatus' | 'addTracking' | 'addOrderNote' | 'refundOrder' | 'trashOrder' | 'restoreOrder'
>;

function orderWork(shop: Shop): OrderWork {
  return {
    placeOrder: (body) => orderOf(shop, checkOut(shop, body, BY).id),
    setOrderStatus: (id, status) => orderOf(shop, updateOrder(shop, orderOf(shop, id), { status }, BY).id),
    addTracking(id, provider, number) {
      const order = orderOf(shop, id);
      const known = order.meta_data.find(({ key }) => key === TRACKING)?.value;
      const items = [...(Array.isArray(known) ? (known as unknown[]) : []), trackingItem(shop, provider, number)];
      return updateOrder(shop, order, { meta_data: [{ key: TRACKING, value: items }] }, BY);
    },
    addOrderNote: (id, text, options) =>
      createNote(shop, orderOf(shop, id), text, options?.forCustomer ?? false, BY, 'admin'),
    // Staff refunds by hand: no gateway is asked unless the body says so.
    refundOrder: (id, body) => createRefund(shop, orderOf(shop, id), { api_refund: false, ...body }, BY),
    trashOrder: (id) => trashOrder(shop, orderOf(shop, id), BY),
    restoreOrder: (id) => restoreOrder(shop, orderOf(shop, id), BY),
  };
}

const TRACKING = '_wc_shipment_tracking_items';

/** As the Shipment Tracking plugin writes it. */
export function trackingItem(
  shop: Pick<Shop, 'now' | 'random'>,
  provider: string,
  number: string,
  shippedAtMs = shop.now(),
): Body {
  const day = Math.floor(shippedAtMs / 86_400_000) * 86_400;
  const id = Array.from({ length: 32 }, () => Math.floor(shop.random() * 16).toString(16)).join('');
  return {
    tracking_provider: provider,
    custom_tracking_provider: '',
    custom_tracking_link: '',
    tracking_number: number,
    date_shipped: String(day),
    tracking_id: id,
  };
}

function customerWork(shop: Shop): Pick<People, 'createCustomer' | 'updateCustomer' | 'deleteCustomer'> {
  return {
    createCustomer: (body) => createCustomer(shop, body, BY),
    updateCustomer: (id, body) => updateCustomer(shop, customerOf(shop, id), body, BY),
    deleteCustomer: (id) => deleteCustomer(shop, customerOf(shop, id), BY),
  };
}
