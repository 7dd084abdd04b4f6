import type { InventoryLevelRecord, VariantRecord } from './records.ts';
import { numberOf, type World } from './world.ts';

export function levelsOf(world: World, inventoryItemId: string): readonly InventoryLevelRecord[] {
  return world.levels.of(inventoryItemId);
}

export function levelAt(world: World, inventoryItemId: string, locationId: string): InventoryLevelRecord | undefined {
  return world.levels.get(levelId(inventoryItemId, locationId));
}

/** The number in a level's id is neither the item's nor the location's alone, and it drags a query string. */
function levelId(inventoryItemId: string, locationId: string): string {
  const item = numberOf(inventoryItemId);
  const place = (BigInt(numberOf(locationId)) * 7n + BigInt(item)) % 1_000_000_000_000n;
  return `gid://shopify/InventoryLevel/${place}?inventory_item_id=${item}`;
}

export function variantOfItem(world: World, inventoryItemId: string): VariantRecord | undefined {
  return world.variants.get(world.items.get(inventoryItemId)?.variantId);
}

export function inventoryQuantity(world: World, variant: VariantRecord): number {
  return levelsOf(world, variant.inventoryItemId)
    .filter(({ isActive }) => isActive)
    .reduce((total, { available }) => total + available, 0);
}

/** Stocks an item at a location; a level that is there stays as it is. */
export function activate(world: World, inventoryItemId: string, locationId: string): InventoryLevelRecord {
  const known = levelAt(world, inventoryItemId, locationId);
  const updatedAt = world.stamp();
  if (known !== undefined) return known.isActive ? known : world.levels.update(known.id, { isActive: true, updatedAt });
  return world.levels.insert({
    id: levelId(inventoryItemId, locationId),
    inventoryItemId,
    locationId,
    isActive: true,
    available: 0,
    committed: 0,
    incoming: 0,
    updatedAt,
  });
}

export function setAvailable(
  world: World,
  inventoryItemId: string,
  locationId: string,
  available: number,
): InventoryLevelRecord {
  const level = activate(world, inventoryItemId, locationId);
  return level.available === available ? level : world.levels.update(level.id, { available, updatedAt: world.stamp() });
}

export function defaultLocationId(world: World): string {
  const location = world.locations.all().find(({ isActive }) => isActive);
  if (location === undefined) throw new Error('Cannot find a location: the store has no active one');
  return location.id;
}

/** Moves stock as a consequence of something else (an order, a refund, a cancellation), which the ledger lists as a side effect. */
export function moveStock(
  world: World,
  move: {
    variantId: string;
    locationId: string;
    available: number;
    committed: number;
    entity: string;
    id: string;
    why: string;
  },
): void {
  const variant = world.variants.get(move.variantId);
  if (variant === undefined || world.items.get(variant.inventoryItemId)?.tracked !== true) return;
  const level = activate(world, variant.inventoryItemId, move.locationId);
  world.levels.update(level.id, {
    available: level.available + move.available,
    committed: Math.max(0, level.committed + move.committed),
    updatedAt: world.stamp(),
  });
  world.effect(
    'stock-movement',
    move.entity,
    move.id,
    `${move.why}: available ${signed(move.available)}, committed ${signed(move.committed)} of ${variant.sku ?? variant.id}`,
  );
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}
