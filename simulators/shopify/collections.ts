import type { CollectionRecord } from './records.ts';
import type { World } from './world.ts';
import { toHandle } from './write/product-parts.ts';

/** A handle that is taken is numbered until it is free. */
export function insertCollection(
  world: World,
  { title, handle, tag = null }: { readonly title: string; readonly handle?: string; readonly tag?: string | null },
): CollectionRecord {
  const base = toHandle(handle ?? title);
  const taken = new Set(world.collections.all().map((collection) => collection.handle));
  let free = base;
  for (let number = 1; taken.has(free); number += 1) free = `${base}-${String(number)}`;
  return world.collections.insert({ id: world.gid('Collection'), title, handle: free, tag });
}
