import type { Document } from './shopify-documents.ts';

const ERRORS = 'userErrors { field message }';

/** Every collection, with what fills it: a list is exact, where a search may lag. */
export const COLLECTIONS: Document = {
  name: 'Collections',
  cost: 50,
  text: `query Collections($after: String) { collections(first: 250, after: $after) {
    nodes { id title sources { __typename id ... on CollectionConditionsSource { inclusion { conditions { id } } } } }
    pageInfo { hasNextPage endCursor }
  } }`,
};
export const CREATE_COLLECTION: Document = {
  name: 'CreateCollection',
  cost: 11,
  text: `mutation CreateCollection($collection: CollectionCreateInput!) { collectionCreate(collection: $collection) { collection { id title } ${ERRORS} } }`,
};
export const JOIN_COLLECTIONS: Document = {
  name: 'JoinCollections',
  cost: 25,
  text: `mutation JoinCollections($product: ProductUpdateInput!) {
    productUpdate(product: $product) { product { id collections(first: 250) { nodes { title } } } ${ERRORS} }
  }`,
};
const MEDIA = 'media(first: 250) { nodes { id mediaContentType alt preview { image { url } } } }';

export const ADD_IMAGES: Document = {
  name: 'AddImages',
  cost: 25,
  text: `mutation AddImages($product: ProductUpdateInput!, $media: [CreateMediaInput!]!) {
    productUpdate(product: $product, media: $media) { product { id ${MEDIA} } ${ERRORS} }
  }`,
};
/** New texts, and what is no longer the product's. */
export const UPDATE_FILES: Document = {
  name: 'UpdateFiles',
  cost: 10,
  text: `mutation UpdateFiles($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { ${ERRORS} } }`,
};
export const REORDER_MEDIA: Document = {
  name: 'ReorderMedia',
  cost: 11,
  text: `mutation ReorderMedia($id: ID!, $moves: [MoveInput!]!) {
    productReorderMedia(id: $id, moves: $moves) { job { id done } mediaUserErrors { field message } }
  }`,
};
export const JOB: Document = { name: 'Job', cost: 1, text: 'query Job($id: ID!) { job(id: $id) { id done } }' };
export const MEDIA_OF: Document = {
  name: 'MediaOf',
  cost: 15,
  text: `query MediaOf($id: ID!) { product(id: $id) { id ${MEDIA} } }`,
};
