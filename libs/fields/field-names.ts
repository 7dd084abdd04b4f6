import type { Customer } from '#libs/model/customer.ts';
import type { Order } from '#libs/model/order.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { EntityKind } from '#libs/model/stored.ts';

/** The fields that a merchant can select, by entity; everything else on an entity is never written. */
export const SELECTABLE = {
  product: ['title', 'description', 'handle', 'status', 'categories', 'brand', 'tags', 'seo', 'images'],
  variant: ['quantity', 'stockStatus', 'tracked', 'backorders', 'price', 'compareAtPrice', 'barcode', 'weight'],
  order: ['status', 'tracking', 'history', 'note'],
  customer: ['email', 'name', 'phone', 'addresses', 'marketingConsent', 'smsConsent'],
} as const satisfies {
  product: readonly (keyof Product)[];
  variant: readonly (keyof Variant)[];
  order: readonly (keyof Order)[];
  customer: readonly (keyof Customer)[];
};

export type FieldOf<E extends EntityKind> = (typeof SELECTABLE)[E][number];

/** A canonical dotted name, `variant.quantity`: what users see, what facts, journal and reports carry. */
export type FieldName = { [E in EntityKind]: `${E}.${FieldOf<E>}` }[EntityKind];

export const FIELD_NAMES: readonly FieldName[] = (Object.keys(SELECTABLE) as EntityKind[]).flatMap((entity) =>
  SELECTABLE[entity].map((field) => `${entity}.${field}` as FieldName),
);

/** Fields whose values are about people: on the log they are keyed fingerprints, in reports they are masked. */
export const PERSONAL_FIELDS: ReadonlySet<FieldName> = new Set<FieldName>([
  'order.note',
  'order.history',
  'customer.email',
  'customer.name',
  'customer.phone',
  'customer.addresses',
  'customer.marketingConsent',
  'customer.smsConsent',
]);

/** The selected fields of one pair. */
export type Selection = ReadonlySet<FieldName>;

/** Values of an entity's selectable fields, by their short name within the entity (`quantity`). */
export type FieldValues = Readonly<Record<string, unknown>>;

export function entityOf(field: FieldName): EntityKind {
  return field.slice(0, field.indexOf('.')) as EntityKind;
}

export function shortName(field: FieldName): string {
  return field.slice(field.indexOf('.') + 1);
}

const selectedBySelection = new WeakMap<Selection, Map<EntityKind, readonly string[]>>();

/** The selected short names of one entity. A selection never changes, so each is looked through once. */
export function selectedOf(selection: Selection, entity: EntityKind): readonly string[] {
  const known = selectedBySelection.get(selection) ?? new Map<EntityKind, readonly string[]>();
  selectedBySelection.set(selection, known);
  const selected = known.get(entity) ?? SELECTABLE[entity].filter((field) => selection.has(fieldName(entity, field)));
  known.set(entity, selected);
  return selected;
}

export function fieldName(entity: EntityKind, field: string): FieldName {
  return `${entity}.${field}` as FieldName;
}
