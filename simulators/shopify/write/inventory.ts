import type { Context, Maybe, ResolverMap } from '../context.ts';
import { checkInputSize, topLevelError, userError } from '../graphql-errors.ts';
import { activate, levelAt } from '../inventory.ts';
import { quantityOf } from '../read/catalogue.ts';
import type { UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';
import { applyItemInput, type InventoryItemInput } from './inventory-item.ts';
import { idempotent } from './idempotent.ts';

const REASONS = [
  'correction',
  'cycle_count_available',
  'damaged',
  'movement_canceled',
  'movement_created',
  'movement_received',
  'movement_updated',
  'other',
  'promotion',
  'quality_control',
  'received',
  'reservation_created',
  'reservation_deleted',
  'reservation_updated',
  'restock',
  'safety_stock',
  'shrinkage',
];
const MOST = 1_000_000_000;

type Row = {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly changeFromQuantity?: Maybe<number>;
};
type SetRow = Row & { readonly quantity: number };
type AdjustRow = Row & { readonly delta: number; readonly ledgerDocumentUri?: Maybe<string> };
type Head = { readonly name: string; readonly reason: string; readonly referenceDocumentUri?: Maybe<string> };
type Change = { readonly name: string; readonly delta: number; readonly item: unknown; readonly location: unknown };
type Payload = { readonly inventoryAdjustmentGroup: unknown; readonly userErrors: readonly UserErrorRecord[] };

export const inventoryMutations: ResolverMap[string] = {
  inventorySetQuantities: (_: unknown, { input }: { input: Head & { quantities: readonly SetRow[] } }, context, info) =>
    idempotent(context, info, input, () => setQuantities(context, input)),
  inventoryAdjustQuantities: (
    _: unknown,
    { input }: { input: Head & { changes: readonly AdjustRow[] } },
    context,
    info,
  ) => idempotent(context, info, input, () => adjustQuantities(context, input)),
  inventoryActivate: (_: unknown, args: ActivateArgs, context, info) =>
    idempotent(context, info, args, () => activateLevel(context.world, args)),
  inventoryItemUpdate: (_: unknown, { id, input }: { id: string; input: InventoryItemInput }, { world }) => {
    const item = world.items.get(id);
    if (item === undefined)
      return {
        inventoryItem: null,
        userErrors: [userError(['id'], 'The product couldn’t be updated because it does not exist.')],
      };
    applyItemInput(world, item.variantId, input);
    return { inventoryItem: world.items.get(id), userErrors: [] };
  },
};

function setQuantities(context: Context, input: Head & { quantities: readonly SetRow[] }): Payload {
  const { world } = context;
  checkInputSize(input.quantities, 'inventorySetQuantities.input.quantities');
  requireChangeFrom(input.quantities, 'InventoryQuantityInput');
  const errors = [
    ...headErrors(input, 'INVALID_NAME'),
    ...duplicateErrors(input.quantities),
    ...input.quantities.flatMap((row, index) => [
      ...boundErrors(input.name, row.quantity, index),
      ...rowErrors(world, input.name, row, ['input', 'quantities', index]),
    ]),
  ];
  if (errors.length > 0) return { inventoryAdjustmentGroup: null, userErrors: errors };
  const rows = input.quantities.slice(0, context.onlyFirst);
  return group(
    world,
    rows.flatMap((row) => {
      const level = levelAt(world, row.inventoryItemId, row.locationId);
      return write(
        world,
        row,
        row.quantity - (level === undefined ? 0 : quantityOf(level, input.name)),
        level === undefined,
      );
    }),
  );
}

function adjustQuantities(context: Context, input: Head & { changes: readonly AdjustRow[] }): Payload {
  const { world } = context;
  checkInputSize(input.changes, 'inventoryAdjustQuantities.input.changes');
  requireChangeFrom(input.changes, 'InventoryChangeInput');
  const errors = [
    ...headErrors(input, 'INVALID_QUANTITY_NAME', [
      'available',
      'on_hand',
      'damaged',
      'quality_control',
      'reserved',
      'safety_stock',
    ]),
    ...input.changes.flatMap((row, index) => rowErrors(world, input.name, row, ['input', 'changes', index])),
  ];
  if (errors.length > 0) return { inventoryAdjustmentGroup: null, userErrors: errors };
  return group(
    world,
    input.changes
      .slice(0, context.onlyFirst)
      .flatMap((row) =>
        write(world, row, row.delta, levelAt(world, row.inventoryItemId, row.locationId) === undefined),
      ),
  );
}

/** Since 2026-04 the field must be there; null waives the comparison. */
function requireChangeFrom(rows: readonly Row[], type: string): void {
  if (rows.some((row) => !('changeFromQuantity' in row))) {
    throw topLevelError(`${type} must include the following argument: changeFromQuantity.`, 'INVALID_FIELD_ARGUMENTS');
  }
}

function headErrors(
  input: Head,
  nameCode: string,
  names: readonly string[] = ['available', 'on_hand'],
): UserErrorRecord[] {
  const errors: UserErrorRecord[] = [];
  if (!names.includes(input.name))
    errors.push(userError(['input', 'name'], `The quantity name must be either 'available' or 'on_hand'.`, nameCode));
  if (!REASONS.includes(input.reason)) {
    errors.push(
      userError(
        ['input', 'reason'],
        `The specified reason is invalid. Valid values are: ${REASONS.join(', ')}.`,
        'INVALID_REASON',
      ),
    );
  }
  const uri = input.referenceDocumentUri;
  if (typeof uri === 'string' && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(uri)) {
    errors.push(
      userError(
        ['input', 'referenceDocumentUri'],
        'The specified reference document is not a valid URI.',
        'INVALID_REFERENCE_DOCUMENT',
      ),
    );
  }
  return errors;
}

function duplicateErrors(rows: readonly SetRow[]): UserErrorRecord[] {
  const seen = new Map<string, number>();
  for (const { inventoryItemId, locationId } of rows)
    seen.set(`${inventoryItemId} ${locationId}`, (seen.get(`${inventoryItemId} ${locationId}`) ?? 0) + 1);
  return rows.flatMap(({ inventoryItemId, locationId }, index) =>
    (seen.get(`${inventoryItemId} ${locationId}`) ?? 0) > 1
      ? [
          userError(
            ['input', 'quantities', index, 'locationId'],
            'The combination of inventoryItemId and locationId must be unique.',
            'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR',
          ),
        ]
      : [],
  );
}

function boundErrors(name: string, quantity: number, index: number): UserErrorRecord[] {
  const path = ['input', 'quantities', index, 'quantity'];
  if (quantity > MOST)
    return [userError(path, "The quantity can't be higher than 1,000,000,000.", 'INVALID_QUANTITY_TOO_HIGH')];
  if (name === 'on_hand' && quantity < 0)
    return [userError(path, "The quantity can't be negative.", 'INVALID_QUANTITY_NEGATIVE')];
  if (quantity < -MOST)
    return [userError(path, "The quantity can't be lower than -1,000,000,000.", 'INVALID_QUANTITY_TOO_LOW')];
  return [];
}

function rowErrors(world: World, name: string, row: Row, path: readonly (string | number)[]): UserErrorRecord[] {
  if (world.items.get(row.inventoryItemId) === undefined) {
    return [
      userError(
        [...path, 'inventoryItemId'],
        'The specified inventory item could not be found.',
        'INVALID_INVENTORY_ITEM',
      ),
    ];
  }
  if (world.locations.get(row.locationId) === undefined) {
    return [userError([...path, 'locationId'], 'The specified location could not be found.', 'INVALID_LOCATION')];
  }
  const expected = row.changeFromQuantity;
  if (expected === null || expected === undefined) return [];
  const level = levelAt(world, row.inventoryItemId, row.locationId);
  if ((level === undefined ? 0 : quantityOf(level, name)) === expected) return [];
  return [
    userError(
      [...path, 'changeFromQuantity'],
      'The changeFromQuantity argument no longer matches the persisted quantity.',
      'CHANGE_FROM_QUANTITY_STALE',
    ),
  ];
}

/** A plain write of stock: asked for, so no side effect. Since 2026-10 it stocks the item where it was not stocked. */
function write(world: World, row: Row, delta: number, isNew: boolean): Change[] {
  if (delta === 0 && !isNew) return [];
  const level = activate(world, row.inventoryItemId, row.locationId);
  if (delta === 0) return [];
  world.levels.update(level.id, { available: level.available + delta, updatedAt: world.stamp() });
  const [item, location] = [world.items.get(row.inventoryItemId), world.locations.get(row.locationId)];
  return ['available', 'on_hand'].map((name) => ({ name, delta, item, location }));
}

function group(world: World, changes: readonly Change[]): Payload {
  if (changes.length === 0) return { inventoryAdjustmentGroup: null, userErrors: [] };
  return {
    inventoryAdjustmentGroup: { id: world.gid('InventoryAdjustmentGroup'), changes: () => changes },
    userErrors: [],
  };
}

type ActivateArgs = {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly available?: Maybe<number>;
  readonly onHand?: Maybe<number>;
};

function activateLevel(
  world: World,
  args: ActivateArgs,
): { readonly inventoryLevel: unknown; readonly userErrors: readonly UserErrorRecord[] } {
  if (world.items.get(args.inventoryItemId) === undefined)
    return refuse('inventoryItemId', "The product couldn't be found.");
  if (world.locations.get(args.locationId) === undefined)
    return refuse('locationId', "The product couldn't be stocked because the location wasn't found.");
  const known = levelAt(world, args.inventoryItemId, args.locationId);
  if (known?.isActive === true && typeof args.available === 'number') {
    return refuse(
      'available',
      'Not allowed to set available quantity when the item is already active at the location.',
    );
  }
  const level = activate(world, args.inventoryItemId, args.locationId);
  // Recorded: on a fresh second location the seed `available` was ignored, `onHand` was taken.
  if (known === undefined && typeof args.onHand === 'number')
    world.levels.update(level.id, { available: args.onHand, updatedAt: world.stamp() });
  return { inventoryLevel: world.levels.get(level.id), userErrors: [] };
}

function refuse(field: string, message: string): { inventoryLevel: null; userErrors: UserErrorRecord[] } {
  return { inventoryLevel: null, userErrors: [userError([field], message)] };
}
