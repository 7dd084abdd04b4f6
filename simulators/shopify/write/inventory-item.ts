import type { Maybe } from '../context.ts';
import type { World } from '../world.ts';

export type InventoryItemInput = {
  readonly sku?: Maybe<string>;
  readonly cost?: Maybe<string>;
  readonly tracked?: Maybe<boolean>;
  readonly requiresShipping?: Maybe<boolean>;
  readonly measurement?: Maybe<{ readonly weight?: Maybe<{ readonly unit: string; readonly value: number }> }>;
};

/** Writes what an InventoryItemInput names to the item, and the SKU to its variant, which shows it. */
export function applyItemInput(world: World, variantId: string, input: InventoryItemInput): void {
  const variant = world.variants.get(variantId);
  const item = world.items.get(variant?.inventoryItemId);
  if (variant === undefined || item === undefined) return;
  if (input.sku !== undefined && blankToNull(input.sku) !== variant.sku)
    world.variants.update(variantId, { sku: blankToNull(input.sku), updatedAt: world.stamp() });
  const wanted = {
    tracked: input.tracked ?? item.tracked,
    requiresShipping: input.requiresShipping ?? item.requiresShipping,
    unitCost: input.cost === undefined ? item.unitCost : input.cost,
    weight: input.measurement?.weight ?? item.weight,
  };
  const same =
    wanted.tracked === item.tracked &&
    wanted.requiresShipping === item.requiresShipping &&
    wanted.unitCost === item.unitCost &&
    wanted.weight?.unit === item.weight?.unit &&
    wanted.weight?.value === item.weight?.value;
  if (!same) world.items.update(item.id, { ...wanted, updatedAt: world.stamp() });
}

export function blankToNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}
