import type { FieldValues, Selection } from '#libs/fields/field-names.ts';
import type { EntityKind, StoredRoot } from '#libs/model/stored.ts';

/** One linkable entity of a root, with the values of its fields. */
export type RootEntity = {
  readonly entity: EntityKind;
  readonly id: string;
  /** For people: a SKU, an order number; never about a customer. */
  readonly label: string | null;
  readonly values: FieldValues;
  /** An order on Lockstep's own hold. */
  readonly heldByUs?: boolean;
};

/** The entities of a root: a product with its variants, an order, a customer. */
export function entitiesOf(stored: StoredRoot): readonly RootEntity[] {
  switch (stored.root) {
    case 'product':
      return [
        { entity: 'product', id: stored.id, label: stored.product.title, values: stored.product },
        ...stored.variants.map(({ id, variant }): RootEntity => ({
          entity: 'variant',
          id,
          label: variant.sku ?? variant.title,
          values: variant,
        })),
      ];
    case 'order':
      return [
        {
          entity: 'order',
          id: stored.id,
          label: `#${stored.order.number}`,
          values: stored.order,
          heldByUs: stored.heldByUs,
        },
      ];
    case 'customer':
      return [{ entity: 'customer', id: stored.id, label: null, values: stored.customer }];
  }
}

/** Whether anything of an entity kind is selected. */
export function selects(selection: Selection, entity: EntityKind): boolean {
  return [...selection].some((field) => field.startsWith(`${entity}.`));
}
