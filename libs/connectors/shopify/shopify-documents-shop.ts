import type { Document } from './shopify-documents.ts';

export const SHOP: Document = {
  name: 'Shop',
  cost: 1,
  text: 'query Shop { shop { id name myshopifyDomain currencyCode taxesIncluded } }',
};
export const PROBE: Document = { name: 'Probe', cost: 1, text: 'query Probe { shop { id } }' };
export const LOCATIONS: Document = {
  name: 'Locations',
  cost: 13,
  text: 'query Locations { locations(first: 250, includeInactive: true, includeLegacy: true) { nodes { id name isActive } } }',
};
export const SCOPES: Document = {
  name: 'Scopes',
  cost: 2,
  text: 'query Scopes { currentAppInstallation { accessScopes { handle } } }',
};
export const OLD_ORDERS: Document = {
  name: 'OldOrders',
  cost: 4,
  text: 'query OldOrders($query: String!) { orders(first: 1, query: $query, sortKey: CREATED_AT) { nodes { id } } }',
};
export const ORDER_IS_THERE: Document = {
  name: 'OrderIsThere',
  cost: 1,
  text: 'query OrderIsThere($id: ID!) { order(id: $id) { id } }',
};
export const PEOPLE: Document = {
  name: 'People',
  cost: 8,
  text: 'query People { customers(first: 10) { nodes { firstName defaultEmailAddress { emailAddress } } } }',
};
export const COUNTS: Document = {
  name: 'Counts',
  cost: 30,
  text: 'query Counts($product: Boolean!, $order: Boolean!, $customer: Boolean!) { productsCount(limit: null) @include(if: $product) { count precision } ordersCount(limit: null) @include(if: $order) { count precision } customersCount(limit: null) @include(if: $customer) { count precision } }',
};
export const DEFINITION: Document = {
  name: 'Definition',
  cost: 3,
  text: 'query Definition($ownerType: MetafieldOwnerType!, $key: String!) { metafieldDefinition(identifier: { ownerType: $ownerType, namespace: "lockstep", key: $key }) { id type { name } } }',
};

export const PUBLICATIONS: Document = {
  name: 'Publications',
  cost: 20,
  text: 'query Publications { publications(first: 50) { nodes { id catalog { title } channels(first: 5) { nodes { handle } } } } }',
};
