import type { ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import type { UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';

type Args = { readonly id: string; readonly tags: readonly string[] };

export const tagMutations: ResolverMap[string] = {
  tagsAdd: (_: unknown, { id, tags }: Args, { world }) =>
    retag(world, id, (old) => [...new Set([...old, ...tags.map((tag) => tag.trim())])]),
  tagsRemove: (_: unknown, { id, tags }: Args, { world }) =>
    retag(world, id, (old) =>
      old.filter((tag) => !tags.some((gone) => gone.trim().toLowerCase() === tag.toLowerCase())),
    ),
};

function retag(
  world: World,
  id: string,
  change: (old: readonly string[]) => readonly string[],
): { readonly node: unknown; readonly userErrors: readonly UserErrorRecord[] } {
  const updatedAt = world.stamp();
  const [product, order, customer] = [world.products.get(id), world.orders.get(id), world.customers.get(id)];
  if (product !== undefined)
    return { node: world.products.update(id, { tags: change(product.tags).toSorted(), updatedAt }), userErrors: [] };
  if (order !== undefined)
    return { node: world.orders.update(id, { tags: change(order.tags).toSorted(), updatedAt }), userErrors: [] };
  if (customer !== undefined)
    return { node: world.customers.update(id, { tags: change(customer.tags).toSorted(), updatedAt }), userErrors: [] };
  return { node: null, userErrors: [userError(['id'], 'Resource does not exist')] };
}
