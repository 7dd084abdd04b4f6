import type { ResolverMap } from './context.ts';
import { catalogueResolvers } from './read/catalogue.ts';
import { customerResolvers } from './read/customers.ts';
import { metafieldResolvers } from './read/metafield-fields.ts';
import { orderResolvers } from './read/orders.ts';
import { queryResolvers } from './read/query-root.ts';
import { inventoryMutations } from './write/inventory.ts';
import { metafieldMutations } from './write/metafields.ts';
import { orderCreateMutations } from './write/order-create.ts';
import { productSetMutations } from './write/product-set.ts';
import { productMutations } from './write/products.ts';
import { variantMutations } from './write/variants.ts';

export const resolvers: ResolverMap = {
  ...queryResolvers,
  ...catalogueResolvers,
  ...metafieldResolvers,
  ...orderResolvers,
  ...customerResolvers,
  Mutation: {
    ...inventoryMutations,
    ...productMutations,
    ...productSetMutations,
    ...variantMutations,
    ...metafieldMutations,
    ...orderCreateMutations,
  },
};
