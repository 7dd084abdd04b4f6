import type { Document } from './shopify-documents.ts';

/** Several look-ups in one document: aliases `k0`, `k1` … with a variable each. */
function aliased(
  name: string,
  count: number,
  field: (index: number) => string,
  variableType: string,
  cost: number,
): Document {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const variables = indexes.map((index) => `$v${index}: ${variableType}`).join(', ');
  return {
    name: `${name}${count}`,
    cost: Math.max(1, count * cost),
    text: `query ${name}${count}(${variables}) { ${indexes.map((index) => `k${index}: ${field(index)}`).join(' ')} }`,
  };
}
const bySourceId = (field: string, index: number, selection: string): string =>
  `${field}(identifier: { customId: { namespace: "lockstep", key: "source_id", value: $v${index} } }) { ${selection} }`;

export const productIdsBySourceId = (count: number): Document =>
  aliased('ProductIdsBySourceId', count, (index) => bySourceId('productByIdentifier', index, 'id'), 'String!', 1);
export const variantIdsBySourceId = (count: number): Document =>
  aliased(
    'VariantIdsBySourceId',
    count,
    (index) => bySourceId('productVariantByIdentifier', index, 'id product { id }'),
    'String!',
    2,
  );
export const orderIdsBySourceId = (count: number): Document =>
  aliased('OrderIdsBySourceId', count, (index) => bySourceId('orderByIdentifier', index, 'id'), 'String!', 1);
export const customerIdsBySourceId = (count: number): Document =>
  aliased('CustomerIdsBySourceId', count, (index) => bySourceId('customerByIdentifier', index, 'id'), 'String!', 1);
export const customerIdsByEmail = (count: number): Document =>
  aliased(
    'CustomerIdsByEmail',
    count,
    (index) => `customerByIdentifier(identifier: { emailAddress: $v${index} }) { id }`,
    'String!',
    1,
  );
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
const SKU_PAGE = `nodes { id sku product { id } } ${PAGE_INFO}`;
const NUMBER_PAGE = `nodes { id name } ${PAGE_INFO}`;

export const productIdsBySku = (count: number): Document =>
  aliased(
    'ProductIdsBySku',
    count,
    (index) => `productVariants(first: 50, query: $v${index}) { ${SKU_PAGE} }`,
    'String!',
    20,
  );
export const orderIdsByNumber = (count: number): Document =>
  aliased(
    'OrderIdsByNumber',
    count,
    (index) => `orders(first: 20, query: $v${index}) { ${NUMBER_PAGE} }`,
    'String!',
    8,
  );

/** What a search goes on with where its first page was not all. */
export const moreBySku = (): Document => ({
  name: 'MoreBySku',
  cost: 30,
  text: `query MoreBySku($v0: String!, $after: String) { k0: productVariants(first: 250, query: $v0, after: $after) { ${SKU_PAGE} } }`,
});
export const moreByNumber = (): Document => ({
  name: 'MoreByNumber',
  cost: 15,
  text: `query MoreByNumber($v0: String!, $after: String) { k0: orders(first: 250, query: $v0, after: $after) { ${NUMBER_PAGE} } }`,
});
