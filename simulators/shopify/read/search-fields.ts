import { findMetafield } from '../metafields.ts';
import type { CustomerRecord, InventoryItemRecord, OrderRecord, ProductRecord, VariantRecord } from '../records.ts';
import { parseSearch, type SearchFields } from '../search.ts';
import type { Table } from '../table.ts';
import { numberOf, type World } from '../world.ts';
import type { Context } from '../context.ts';
import { variantsOf } from './catalogue.ts';

export function productFields(world: World): SearchFields<ProductRecord> {
  const skus = (product: ProductRecord): (string | null)[] => variantsOf(world, product.id).map(({ sku }) => sku);
  return {
    id: { kind: 'number', of: (product) => [numberOf(product.id)] },
    title: { kind: 'words', of: (product) => [product.title] },
    handle: { kind: 'exact', of: (product) => [product.handle] },
    status: { kind: 'exact', of: (product) => [product.status] },
    vendor: { kind: 'exact', of: (product) => [product.vendor] },
    product_type: { kind: 'exact', of: (product) => [product.productType] },
    tag: { kind: 'exact', of: (product) => product.tags },
    sku: { kind: 'words', of: skus },
    barcode: { kind: 'exact', of: (product) => variantsOf(world, product.id).map(({ barcode }) => barcode) },
    variant_id: { kind: 'number', of: (product) => world.variants.of(product.id).map(({ id }) => numberOf(id)) },
    created_at: { kind: 'time', of: (product) => [product.createdAt] },
    updated_at: { kind: 'time', of: (product) => [product.updatedAt] },
    published_at: { kind: 'time', of: (product) => [product.publishedAt] },
  };
}

export function variantFields(world: World): SearchFields<VariantRecord> {
  return {
    id: { kind: 'number', of: (variant) => [numberOf(variant.id)] },
    sku: { kind: 'words', of: (variant) => [variant.sku] },
    barcode: { kind: 'exact', of: (variant) => [variant.barcode] },
    product_id: { kind: 'number', of: (variant) => [numberOf(variant.productId)] },
    title: {
      kind: 'words',
      of: (variant) => [
        world.products.get(variant.productId)?.title,
        ...variant.selectedOptions.map(({ value }) => value),
      ],
    },
    updated_at: { kind: 'time', of: (variant) => [variant.updatedAt] },
  };
}

export function itemFields(world: World): SearchFields<InventoryItemRecord> {
  return {
    id: { kind: 'number', of: (item) => [numberOf(item.id)] },
    sku: { kind: 'exact', of: (item) => [world.variants.get(item.variantId)?.sku] },
    created_at: { kind: 'time', of: (item) => [item.createdAt] },
    updated_at: { kind: 'time', of: (item) => [item.updatedAt] },
  };
}

export function orderFields(world: World): SearchFields<OrderRecord> {
  return {
    id: { kind: 'number', of: (order) => [numberOf(order.id)] },
    name: { kind: 'exact', of: (order) => [order.name, order.name.replace(/^#/, '')] },
    email: { kind: 'exact', of: (order) => [order.email] },
    customer_id: { kind: 'number', of: (order) => [order.customerId === null ? null : numberOf(order.customerId)] },
    source_identifier: { kind: 'exact', of: (order) => [order.sourceIdentifier] },
    source_name: { kind: 'exact', of: (order) => [order.sourceName] },
    tag: { kind: 'exact', of: (order) => order.tags },
    sku: { kind: 'words', of: (order) => order.lineItems.map(({ sku }) => sku) },
    po_number: { kind: 'exact', of: (order) => [order.poNumber] },
    financial_status: { kind: 'exact', of: (order) => [order.displayFinancialStatus] },
    fulfillment_status: { kind: 'exact', of: (order) => [fulfillmentWord(order), order.displayFulfillmentStatus] },
    status: { kind: 'exact', of: statusWords },
    gateway: { kind: 'exact', of: (order) => world.transactions.of(order.id).map(({ gateway }) => gateway) },
    created_at: { kind: 'time', of: (order) => [order.createdAt] },
    updated_at: { kind: 'time', of: (order) => [order.updatedAt] },
    processed_at: { kind: 'time', of: (order) => [order.processedAt] },
  };
}

function fulfillmentWord(order: OrderRecord): string {
  if (order.displayFulfillmentStatus === 'FULFILLED') return 'shipped';
  return order.displayFulfillmentStatus === 'PARTIALLY_FULFILLED' ? 'partial' : 'unshipped';
}

function statusWords(order: OrderRecord): string[] {
  if (order.cancelledAt !== null) return ['cancelled'];
  return order.closedAt === null ? ['open', 'not_closed'] : ['closed'];
}

export function customerFields(): SearchFields<CustomerRecord> {
  return {
    id: { kind: 'number', of: (customer) => [numberOf(customer.id)] },
    email: { kind: 'exact', of: (customer) => [customer.email] },
    phone: { kind: 'exact', of: (customer) => [customer.phone] },
    first_name: { kind: 'words', of: (customer) => [customer.firstName] },
    last_name: { kind: 'words', of: (customer) => [customer.lastName] },
    updated_at: { kind: 'time', of: (customer) => [customer.updatedAt] },
  };
}

/** Rows that match in the index, as they are now; an unknown field is passed over with a warning, as the platform does. */
export function searchTable<R extends { readonly id: string }>(
  context: Context,
  table: Table<R>,
  { fields, query, path }: { fields: SearchFields<R>; query: string | null | undefined; path: string },
): readonly R[] {
  if (query === null || query === undefined || query.trim() === '') return table.all();
  const { world } = context;
  const parsed = parseSearch<R>(
    query,
    fields,
    (row, namespace, key) => findMetafield(world, row.id, namespace, key)?.value,
  );
  if (parsed.unknownFields.length > 0) {
    context.warnings.push({
      path: [path],
      query,
      parsed: { field: parsed.unknownFields[0], match_all: query },
      warnings: parsed.unknownFields.map((field) => ({
        field,
        message: 'Invalid search field for this query.',
        code: 'invalid_field',
      })),
    });
  }
  const indexed = table.indexed();
  return table.all().filter((row) => {
    const seen = indexed.get(row.id);
    return seen !== undefined && parsed.matches(seen);
  });
}
