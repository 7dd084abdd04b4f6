import type { Document } from './shopify-documents.ts';

/**
 * What is read. A page of 250 costs hardly more points than one of 10 (about 2 ln n), so pages are large; fields that are only
 * needed when something is selected hang on a variable.
 */
const ADDRESS = 'firstName lastName company address1 address2 city provinceCode zip countryCodeV2 phone';
const MONEY = 'shopMoney { amount currencyCode }';

const SOURCE_ID = 'sourceId: metafield(namespace: "lockstep", key: "source_id") { value }';
const HISTORY = 'metafield(namespace: "lockstep", key: "history")';
const TAXES = `taxLines { title rate priceSet { ${MONEY} } }`;

const LINE_FIELDS = `id title sku quantity currentQuantity unfulfilledQuantity requiresShipping product { id } variant { id }
    originalUnitPriceSet { ${MONEY} } discountedTotalSet(withCodeDiscounts: true) { ${MONEY} } ${TAXES}`;
const LINE = `fragment LineParts on LineItem { ${LINE_FIELDS} }`;
const SHIPPING = `title discountedPriceSet { ${MONEY} } ${TAXES}`;
const HOLDS = 'id status fulfillmentHolds { id handle reason }';

const ORDER_FIELDS = `id name sourceIdentifier createdAt processedAt updatedAt cancelledAt cancelReason email phone note currencyCode taxesIncluded
    displayFinancialStatus displayFulfillmentStatus paymentGatewayNames discountCodes
    customer { id }
    billingAddress { ${ADDRESS} }
    shippingAddress { ${ADDRESS} }
    subtotalPriceSet { ${MONEY} }
    totalTaxSet { ${MONEY} }
    totalDiscountsSet { ${MONEY} }
    totalPriceSet { ${MONEY} }
    ${SOURCE_ID}`;

/** Lists that are no connections; an export knows no limit of theirs. */
function orderLists(first: string): string {
  return `transactions${first} { id kind status gateway createdAt processedAt amountSet { ${MONEY} } }
    fulfillments${first} { id name status createdAt updatedAt deliveredAt trackingInfo { company number url } }
    refunds${first} { id createdAt processedAt note totalRefundedSet { ${MONEY} } }`;
}

const ORDER = `fragment OrderParts on Order {
    ${ORDER_FIELDS}
    history: ${HISTORY} @include(if: $history) { value compareDigest }
    lineItems(first: 50) { nodes { ...LineParts } pageInfo { hasNextPage endCursor } }
    shippingLines(first: 10) { nodes { ${SHIPPING} } }
    ${orderLists('(first: 100)')}
    fulfillmentOrders(first: 50) { nodes { ${HOLDS} } }
  }`;

const CUSTOMER = /* GraphQL */ `
  fragment CustomerParts on Customer {
    id
    firstName
    lastName
    createdAt
    updatedAt
    defaultEmailAddress { emailAddress marketingState }
    defaultPhoneNumber { phoneNumber smsMarketingConsent { state } }
    defaultAddress { id }
    addressesV2(first: 100) { nodes { id ${ADDRESS} } }
    sourceId: metafield(namespace: "lockstep", key: "source_id") { value }
  }
`;

const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

export const ORDERS_BY_ID: Document = {
  name: 'OrdersById',
  cost: 90,
  text: `query OrdersById($ids: [ID!]!, $history: Boolean!) { nodes(ids: $ids) { ... on Order { ...OrderParts } } } ${ORDER} ${LINE}`,
};
export const ORDER_LINES_PAGE: Document = {
  name: 'OrderLinesPage',
  cost: 50,
  text: `query OrderLinesPage($id: ID!, $after: String) { order(id: $id) { id lineItems(first: 250, after: $after) { nodes { ...LineParts } ${PAGE_INFO} } } } ${LINE}`,
};
export const ORDERS_PAGE: Document = {
  name: 'OrdersPage',
  cost: 700,
  text: `query OrdersPage($first: Int!, $query: String, $sortKey: OrderSortKeys!, $after: String, $history: Boolean!) {
    orders(first: $first, query: $query, sortKey: $sortKey, after: $after) { nodes { ...OrderParts } ${PAGE_INFO} }
  } ${ORDER} ${LINE}`,
};
export const CUSTOMERS_BY_ID: Document = {
  name: 'CustomersById',
  cost: 20,
  text: `query CustomersById($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ...CustomerParts } } } ${CUSTOMER}`,
};
export const CUSTOMERS_PAGE: Document = {
  name: 'CustomersPage',
  cost: 90,
  text: `query CustomersPage($first: Int!, $query: String, $sortKey: CustomerSortKeys!, $after: String) {
    customers(first: $first, query: $query, sortKey: $sortKey, after: $after) { nodes { ...CustomerParts } ${PAGE_INFO} }
  } ${CUSTOMER}`,
};
export const PRODUCTS_OF_ITEMS: Document = {
  name: 'ProductsOfItems',
  cost: 8,
  text: `query ProductsOfItems($ids: [ID!]!) { nodes(ids: $ids) { ... on InventoryItem { id variants(first: 5) { nodes { id product { id } } } } ... on ProductVariant { id product { id } } } }`,
};

/** What the steps of an order need to know of it before they act. */
export const ORDER_WORK: Document = {
  name: 'OrderWork',
  cost: 25,
  text: `query OrderWork($id: ID!) { order(id: $id) {
    id cancelledAt displayFinancialStatus canMarkAsPaid
    history: metafield(namespace: "lockstep", key: "history") { value compareDigest }
    transactions(first: 50) { id kind status gateway amountSet { ${MONEY} } parentTransaction { id } }
    fulfillments(first: 50) { id status trackingInfo { company number url } }
    refunds(first: 50) { id note totalRefundedSet { ${MONEY} } }
    fulfillmentOrders(first: 30) { nodes { id status assignedLocation { location { id } } fulfillmentHolds { id handle } } }
  } }`,
};
/** What is left to ship, line by line: dear, and only needed where no more than a part leaves. */
export const ORDER_LEFT: Document = {
  name: 'OrderLeft',
  cost: 240,
  text: `query OrderLeft($id: ID!) { order(id: $id) {
    lineItems(first: 250) { nodes { id currentQuantity unfulfilledQuantity } }
    fulfillmentOrders(first: 20) { nodes { id status assignedLocation { location { id } }
      lineItems(first: 250) { nodes { id remainingQuantity lineItem { id } } } } }
  } }`,
};
export const CANCEL_RESULT: Document = {
  name: 'CancelResult',
  cost: 2,
  text: 'query CancelResult($id: ID!) { node(id: $id) { id ... on OrderCancelJobResult { status done errors { field message code } } } }',
};
export const PRODUCT_OPERATION: Document = {
  name: 'ProductOperation',
  cost: 3,
  text: 'query ProductOperation($id: ID!) { productOperation(id: $id) { status product { id } ... on ProductSetOperation { userErrors { field message code } } } }',
};
export const BULK_STATUS: Document = {
  name: 'BulkStatus',
  cost: 1,
  text: 'query BulkStatus($id: ID!) { bulkOperation(id: $id) { id status errorCode objectCount url } }',
};

/**
 * The inner text of the export of orders. Parcels, refunds and transactions are lists of lists, which an export may hold; only a
 * connection within a list it may not. Of several shipping lines it has the first, so their sum tells where an order is to be read
 * again.
 */
export function bulkOrders(history: boolean): string {
  return `{ orders { edges { node { ${ORDER_FIELDS} ${orderLists('')} ${history ? `history: ${HISTORY} { value compareDigest }` : ''}
    shippingLine { ${SHIPPING} } totalShippingPriceSet { ${MONEY} }
    lineItems { edges { node { ${LINE_FIELDS} } } }
    fulfillmentOrders { edges { node { ${HOLDS} } } } } } } }`;
}
export const BULK_CUSTOMERS = `{ customers { edges { node { id firstName lastName createdAt updatedAt
  defaultEmailAddress { emailAddress marketingState } defaultPhoneNumber { phoneNumber smsMarketingConsent { state } } defaultAddress { id }
  sourceId: metafield(namespace: "lockstep", key: "source_id") { value }
  addressesV2 { edges { node { id ${ADDRESS} } } } } } } }`;
