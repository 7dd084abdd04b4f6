import type { Document } from './shopify-documents.ts';

const ERRORS = 'userErrors { field message }';
const CODED = 'userErrors { field message code }';
const MONEY = 'shopMoney { amount currencyCode }';

export const SET_QUANTITIES: Document = {
  name: 'SetQuantities',
  cost: 11,
  text: `mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) { inventoryAdjustmentGroup { id } ${CODED} }
  }`,
};
export const UPDATE_VARIANTS: Document = {
  name: 'UpdateVariants',
  cost: 13,
  text: `mutation UpdateVariants($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
    productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: true) {
      productVariants { id price compareAtPrice barcode inventoryPolicy inventoryItem { id tracked measurement { weight { unit value } } } }
      ${CODED}
    }
  }`,
};
export const UPDATE_PRODUCT: Document = {
  name: 'UpdateProduct',
  cost: 12,
  text: `mutation UpdateProduct($product: ProductUpdateInput!) {
    productUpdate(product: $product) { product { id title descriptionHtml handle status vendor tags seo { title description } } ${ERRORS} }
  }`,
};
export const UPDATE_CUSTOMER: Document = {
  name: 'UpdateCustomer',
  cost: 12,
  text: `mutation UpdateCustomer($input: CustomerInput!) { customerUpdate(input: $input) { customer { id } ${ERRORS} } }`,
};
export const SET_CUSTOMER_ADDRESSES: Document = {
  name: 'SetCustomerAddresses',
  cost: 12,
  text: `mutation SetCustomerAddresses($id: ID!, $input: CustomerSetInput!) { customerSet(identifier: { id: $id }, input: $input) { customer { id } ${CODED} } }`,
};
export const SET_EMAIL_CONSENT: Document = {
  name: 'SetEmailConsent',
  cost: 11,
  text: `mutation SetEmailConsent($input: CustomerEmailMarketingConsentUpdateInput!) { customerEmailMarketingConsentUpdate(input: $input) { customer { id } ${CODED} } }`,
};
export const SET_SMS_CONSENT: Document = {
  name: 'SetSmsConsent',
  cost: 11,
  text: `mutation SetSmsConsent($input: CustomerSmsMarketingConsentUpdateInput!) { customerSmsMarketingConsentUpdate(input: $input) { customer { id } ${CODED} } }`,
};
export const UPDATE_ORDER: Document = {
  name: 'UpdateOrder',
  cost: 11,
  text: `mutation UpdateOrder($input: OrderInput!) { orderUpdate(input: $input) { order { id } ${ERRORS} } }`,
};
export const MARK_PAID: Document = {
  name: 'MarkPaid',
  cost: 11,
  text: `mutation MarkPaid($input: OrderMarkAsPaidInput!) { orderMarkAsPaid(input: $input) { order { id } ${ERRORS} } }`,
};
export const HOLD: Document = {
  name: 'Hold',
  cost: 12,
  text: `mutation Hold($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { fulfillmentHold { id } ${CODED} } }`,
};
export const RELEASE_HOLD: Document = {
  name: 'ReleaseHold',
  cost: 11,
  text: `mutation ReleaseHold($id: ID!, $holdIds: [ID!]) { fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) { fulfillmentOrder { id } ${CODED} } }`,
};
export const FULFIL: Document = {
  name: 'Fulfil',
  cost: 11,
  text: `mutation Fulfil($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } ${ERRORS} } }`,
};
export const TRACK: Document = {
  name: 'Track',
  cost: 11,
  text: `mutation Track($id: ID!, $tracking: FulfillmentTrackingInput!) {
    fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: false) { fulfillment { id } ${ERRORS} }
  }`,
};
export const REFUND: Document = {
  name: 'Refund',
  cost: 12,
  text: `mutation Refund($input: RefundInput!, $key: String!) { refundCreate(input: $input) @idempotent(key: $key) { refund { id totalRefundedSet { ${MONEY} } } ${ERRORS} } }`,
};
export const CANCEL: Document = {
  name: 'Cancel',
  cost: 13,
  text: `mutation Cancel($orderId: ID!) {
    orderCancel(orderId: $orderId, reason: OTHER, restock: false, notifyCustomer: false, staffNote: "Cancelled in the old store") {
      jobResult { id status done errors { field message code } }
      orderCancelUserErrors { field message code }
    }
  }`,
};
export const SET_METAFIELDS: Document = {
  name: 'SetMetafields',
  cost: 11,
  text: `mutation SetMetafields($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { metafields { id } ${CODED} } }`,
};
export const STAMP: Document = {
  name: 'Stamp',
  cost: 11,
  text: `mutation Stamp($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { metafields { value } ${CODED} } }`,
};
export const CREATE_DEFINITION: Document = {
  name: 'CreateDefinition',
  cost: 11,
  text: `mutation CreateDefinition($definition: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $definition) { createdDefinition { id } ${CODED} } }`,
};
/** Creation only: on a product that is there it would delete what it does not name. */
export const CREATE_PRODUCT: Document = {
  name: 'CreateProduct',
  cost: 60,
  text: `mutation CreateProduct($input: ProductSetInput!, $synchronous: Boolean!) {
    productSet(input: $input, synchronous: $synchronous) { product { id } productSetOperation { id status } ${CODED} }
  }`,
};
export const UPDATE_PRODUCT_STATUS: Document = {
  name: 'UpdateProductStatus',
  cost: 11,
  text: `mutation UpdateProductStatus($product: ProductUpdateInput!) { productUpdate(product: $product) { product { id } ${ERRORS} } }`,
};
export const PUBLISH: Document = {
  name: 'Publish',
  cost: 11,
  text: `mutation Publish($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id, input: $input) { ${ERRORS} } }`,
};
export const CREATE_ORDER: Document = {
  name: 'CreateOrder',
  cost: 22,
  text: `mutation CreateOrder($order: OrderCreateOrderInput!) {
    orderCreate(order: $order, options: { inventoryBehaviour: BYPASS, sendReceipt: false, sendFulfillmentReceipt: false }) { order { id } ${CODED} }
  }`,
};
export const CREATE_CUSTOMER: Document = {
  name: 'CreateCustomer',
  cost: 12,
  text: `mutation CreateCustomer($input: CustomerInput!) { customerCreate(input: $input) { customer { id } ${ERRORS} } }`,
};
export const RUN_BULK: Document = {
  name: 'RunBulk',
  cost: 11,
  text: `mutation RunBulk($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: true) { bulkOperation { id status } ${CODED} } }`,
};
const SUBSCRIPTION = 'id topic uri format filter includeFields';
export const CREATE_SUBSCRIPTION: Document = {
  name: 'CreateSubscription',
  cost: 11,
  text: `mutation CreateSubscription($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) { webhookSubscription { ${SUBSCRIPTION} } ${ERRORS} }
  }`,
};
export const UPDATE_SUBSCRIPTION: Document = {
  name: 'UpdateSubscription',
  cost: 11,
  text: `mutation UpdateSubscription($id: ID!, $subscription: WebhookSubscriptionInput!) {
    webhookSubscriptionUpdate(id: $id, webhookSubscription: $subscription) { webhookSubscription { ${SUBSCRIPTION} } ${ERRORS} }
  }`,
};
export const DELETE_SUBSCRIPTION: Document = {
  name: 'DeleteSubscription',
  cost: 10,
  text: `mutation DeleteSubscription($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId ${ERRORS} } }`,
};
export const SUBSCRIPTIONS: Document = {
  name: 'Subscriptions',
  cost: 13,
  text: `query Subscriptions($after: String) { webhookSubscriptions(first: 250, after: $after) { nodes { ${SUBSCRIPTION} apiVersion { handle } } pageInfo { hasNextPage endCursor } } }`,
};
