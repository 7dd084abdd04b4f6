import type { FactOffset } from '#libs/event-log/event-log.ts';

/** Both positions as one: in each partition the further of the two. */
export function furthest(a: readonly FactOffset[], b: readonly FactOffset[]): readonly FactOffset[] {
  const offsets = new Map(a.map(({ partition, offset }) => [partition, offset]));
  for (const { partition, offset } of b) offsets.set(partition, Math.max(offset, offsets.get(partition) ?? 0));
  return [...offsets].map(([partition, offset]) => ({ partition, offset }));
}
