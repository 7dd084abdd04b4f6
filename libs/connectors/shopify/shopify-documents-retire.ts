import type { Document } from './shopify-documents.ts';

const ERRORS = 'userErrors { field message }';

export const RETIRE_PRODUCT: Document = {
  name: 'RetireProduct',
  cost: 11,
  text: `mutation RetireProduct($product: ProductUpdateInput!) { productUpdate(product: $product) { product { id status } ${ERRORS} } }`,
};
export const DELETE_PRODUCT: Document = {
  name: 'DeleteProduct',
  cost: 10,
  text: `mutation DeleteProduct($input: ProductDeleteInput!) { productDelete(input: $input, synchronous: true) { deletedProductId ${ERRORS} } }`,
};
/** Closing is what the admin calls archiving; neither it nor opening mails anybody. */
export const CLOSE_ORDER: Document = {
  name: 'CloseOrder',
  cost: 11,
  text: `mutation CloseOrder($input: OrderCloseInput!) { orderClose(input: $input) { order { id } ${ERRORS} } }`,
};
export const OPEN_ORDER: Document = {
  name: 'OpenOrder',
  cost: 11,
  text: `mutation OpenOrder($input: OrderOpenInput!) { orderOpen(input: $input) { order { id } ${ERRORS} } }`,
};
export const DELETE_ORDER: Document = {
  name: 'DeleteOrder',
  cost: 10,
  text: 'mutation DeleteOrder($orderId: ID!) { orderDelete(orderId: $orderId) { deletedId userErrors { field message code } } }',
};
export const DELETE_CUSTOMER: Document = {
  name: 'DeleteCustomer',
  cost: 10,
  text: `mutation DeleteCustomer($input: CustomerDeleteInput!) { customerDelete(input: $input) { deletedCustomerId ${ERRORS} } }`,
};
