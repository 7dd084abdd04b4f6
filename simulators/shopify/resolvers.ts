import { guardAccess } from './access.ts';
import type { ResolverMap } from './context.ts';
import { catalogueResolvers } from './read/catalogue.ts';
import { customerResolvers } from './read/customers.ts';
import { metafieldResolvers } from './read/metafield-fields.ts';
import { orderResolvers } from './read/orders.ts';
import { queryResolvers } from './read/query-root.ts';
import { bulkMutations } from './write/bulk-operations.ts';
import { collectionMutations } from './write/collections.ts';
import { customerAddressMutations } from './write/customer-addresses.ts';
import { customerMutations } from './write/customers.ts';
import { holdMutations } from './write/fulfillment-holds.ts';
import { fulfillmentMutations } from './write/fulfillments.ts';
import { inventoryMutations } from './write/inventory.ts';
import { mediaMutations } from './write/media.ts';
import { metafieldMutations } from './write/metafields.ts';
import { orderCancelMutations } from './write/order-cancel.ts';
import { orderCreateMutations } from './write/order-create.ts';
import { orderEditMutations, orderEditResolvers } from './write/order-edit.ts';
import { orderMutations } from './write/orders.ts';
import { productSetMutations } from './write/product-set.ts';
import { productMutations } from './write/products.ts';
import { refundMutations } from './write/refund.ts';
import { tagMutations } from './write/tags.ts';
import { variantMutations } from './write/variants.ts';
import { webhookMutations } from './write/webhooks.ts';

export const resolvers: ResolverMap = guardAccess({
  ...queryResolvers,
  ...catalogueResolvers,
  ...metafieldResolvers,
  ...orderResolvers,
  ...customerResolvers,
  ...orderEditResolvers,
  Mutation: {
    ...inventoryMutations,
    ...productMutations,
    ...collectionMutations,
    ...mediaMutations,
    ...productSetMutations,
    ...variantMutations,
    ...metafieldMutations,
    ...orderCreateMutations,
    ...orderMutations,
    ...orderCancelMutations,
    ...orderEditMutations,
    ...refundMutations,
    ...fulfillmentMutations,
    ...holdMutations,
    ...customerMutations,
    ...customerAddressMutations,
    ...tagMutations,
    ...webhookMutations,
    ...bulkMutations,
  },
});
