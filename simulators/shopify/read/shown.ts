import { typeOf, type World } from '../world.ts';

/** What the ledger calls the rows of which it notes that they were shown. */
const ENTITIES: Readonly<Record<string, string>> = {
  Product: 'product',
  ProductVariant: 'variant',
  InventoryLevel: 'inventoryLevel',
  Order: 'order',
  Customer: 'customer',
};

/** Notes that an answer shows these rows as they are now, where somebody wants to know. */
export function showing(world: World, rows: readonly { readonly id: string }[], parentId?: string): void {
  if (!world.settings.recordsReads) return;
  const coversSeq = world.ledger.entries.length - 1;
  const { token } = world.author();
  for (const { id } of rows) {
    const entity = ENTITIES[typeOf(id)];
    if (entity !== undefined)
      world.ledger.read({
        entity,
        id,
        ...(parentId === undefined ? {} : { parentId }),
        coversSeq,
        ...(token === undefined ? {} : { by: token }),
      });
  }
}
