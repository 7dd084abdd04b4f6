import type { FieldName, Selection } from '#libs/fields/field-names.ts';
import type { Document } from './shopify-documents.ts';

/**
 * How products are read. A document asks for the stock at each location that counts, by an alias of its own: one object each,
 * where a connection would be charged for every variant again.
 */

/** The alias of the stock at the n-th location, as the answer names it. */
export function levelName(index: number): string {
  return `level${index}`;
}

/** The variables that name the locations, in their order. */
export function locationVariables(locations: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(locations.map((id, index) => [`location${index}`, id]));
}

const LEVEL = '{ isActive updatedAt quantities(names: ["available"]) { name quantity } }';

function levels(locations: readonly string[]): string {
  return locations
    .map((id, index) => `${levelName(index)}: inventoryLevel(locationId: ${id}, includeInactive: true) ${LEVEL}`)
    .join(' ');
}

function variables(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `$location${index}`);
}

function declared(count: number): string {
  return variables(count)
    .map((name) => `${name}: ID!`)
    .join(', ');
}

const SOURCE_ID = 'sourceId: metafield(namespace: "lockstep", key: "source_id") { value }';

function variantFields(locations: readonly string[]): string {
  return `id title sku barcode price compareAtPrice inventoryPolicy updatedAt
    selectedOptions { name value }
    ${SOURCE_ID}
    inventoryItem { id tracked updatedAt requiresShipping measurement { weight { unit value } } ${levels(locations)} }`;
}

function variantParts(count: number): string {
  return `fragment VariantParts on ProductVariant { ${variantFields(variables(count))} }`;
}

const FLAT = `id title handle status vendor tags createdAt updatedAt ${SOURCE_ID}`;
const IMAGE_MARKS = 'imageMarks: metafield(namespace: "lockstep", key: "images")';
const TEXTS = 'descriptionHtml seo { title description }';
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
/** As many pictures as a product can have, and more collections than one is in. */
const ALL = 250;

const PRODUCT = `fragment ProductParts on Product {
    ${FLAT}
    descriptionHtml @include(if: $content)
    seo @include(if: $content) { title description }
    collections(first: ${ALL}) @include(if: $content) { nodes { id title } }
    ${IMAGE_MARKS} @include(if: $content) { value }
    media(first: ${ALL}) @include(if: $content) { nodes { id mediaContentType alt preview { image { url } } } }
  }`;

const CONTENT: readonly FieldName[] = ['product.description', 'product.seo', 'product.categories', 'product.images'];

/** Whether anything is looked at that makes a product dear to read. */
export function wantsContent(fields: Selection): boolean {
  return CONTENT.some((field) => fields.has(field));
}

export function productsById(locations: number): Document {
  return {
    name: 'ProductsById',
    cost: 140,
    text: `query ProductsById($ids: [ID!]!, ${declared(locations)}, $content: Boolean!) {
    nodes(ids: $ids) { ... on Product { ...ProductParts variants(first: 250) { nodes { ...VariantParts } ${PAGE_INFO} } } }
  } ${PRODUCT} ${variantParts(locations)}`,
  };
}

export const PRODUCTS_WITHOUT_VARIANTS: Document = {
  name: 'ProductsWithoutVariants',
  cost: 30,
  text: `query ProductsWithoutVariants($ids: [ID!]!, $content: Boolean!) { nodes(ids: $ids) { ... on Product { ...ProductParts } } } ${PRODUCT}`,
};

export function variantsById(locations: number): Document {
  return {
    name: 'VariantsById',
    cost: 40,
    text: `query VariantsById($ids: [ID!]!, ${declared(locations)}, $content: Boolean!) {
    nodes(ids: $ids) { ... on ProductVariant { ...VariantParts product { ...ProductParts } } }
  } ${PRODUCT} ${variantParts(locations)}`,
  };
}

/** A product may have 2,048 variants, and one is read with as many pages of them as it takes. */
export function variantsPage(locations: number): Document {
  return {
    name: 'VariantsPage',
    cost: 110,
    text: `query VariantsPage($id: ID!, $after: String, ${declared(locations)}) {
    product(id: $id) { id variants(first: 250, after: $after) { nodes { ...VariantParts } ${PAGE_INFO} } }
  } ${variantParts(locations)}`,
  };
}

export function productsPage(locations: number): Document {
  return {
    name: 'ProductsPage',
    cost: 900,
    text: `query ProductsPage($first: Int!, $query: String, $sortKey: ProductSortKeys!, $after: String, ${declared(locations)}, $content: Boolean!) {
    products(first: $first, query: $query, sortKey: $sortKey, after: $after) {
      nodes { ...ProductParts variants(first: 50) { nodes { ...VariantParts } ${PAGE_INFO} } } ${PAGE_INFO}
    }
  } ${PRODUCT} ${variantParts(locations)}`,
  };
}

/** The inner text of a bulk export: edges only, five connections at most, parents with their id. */
export function bulkProducts(locations: readonly string[], content: boolean): string {
  return `{ products { edges { node { ${FLAT} ${content ? TEXTS : ''}
    variants { edges { node { ${variantFields(locations.map((id) => `"${id}"`))} } } } } } } }`;
}
