import fc from 'fast-check';
import { expect, test } from 'vitest';

import { agreesOn } from '#libs/fields/agree.ts';
import { diffFields, isEmptyPatch, mergePatch } from '#libs/fields/diff-fields.ts';
import { canonicalJson } from '#libs/fields/fingerprint.ts';
import { SELECTABLE, type FieldValues } from '#libs/fields/field-names.ts';
import { aVariant, anOrder } from '#tests/builders/entities.ts';

const moneyArb = fc.option(fc.record({ amountMinor: fc.integer(), currency: fc.constantFrom('EUR', 'SEK') }));
const variantArb = fc
  .record({
    quantity: fc.option(fc.integer()),
    stockStatus: fc.constantFrom('inStock' as const, 'outOfStock' as const, 'onBackorder' as const),
    tracked: fc.boolean(),
    backorders: fc.boolean(),
    price: moneyArb,
    compareAtPrice: moneyArb,
    barcode: fc.option(fc.string()),
    weight: fc.option(fc.record({ grams: fc.nat() })),
  })
  .map((change): FieldValues => aVariant(change));
const parcelArb = fc.record({
  number: fc.constantFrom('A1', 'B2', 'C3', 'a 1'),
  carrier: fc.option(fc.constant('DHL')),
  url: fc.constant(null),
  shippedAt: fc.constant(null),
});
const entryArb = fc.record({
  id: fc.constantFrom('1', '2', '3', '4'),
  at: fc.constantFrom('2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z'),
  text: fc.string(),
  forCustomer: fc.boolean(),
});
const stateArb = fc.record({
  payment: fc.constantFrom('pending' as const, 'paid' as const, 'refunded' as const),
  fulfilment: fc.constantFrom('open' as const, 'fulfilled' as const),
  cancelled: fc.boolean(),
  onHold: fc.boolean(),
});
const orderArb = fc
  .record({
    status: fc.record({ word: fc.constantFrom('processing', 'completed'), state: stateArb }),
    tracking: fc.array(parcelArb, { maxLength: 3 }),
    history: fc.uniqueArray(entryArb, { selector: ({ id }) => id, maxLength: 4 }),
    note: fc.option(fc.string()),
  })
  .map((change): FieldValues => anOrder(change));

const cases = [
  { entity: 'variant' as const, values: variantArb },
  { entity: 'order' as const, values: orderArb },
];

for (const { entity, values } of cases) {
  const selections = fc.subarray([...SELECTABLE[entity]]);
  const law = (check: (current: FieldValues, wanted: FieldValues, selected: readonly string[]) => void) =>
    fc.assert(fc.property(values, values, selections, (current, wanted, selected) => check(current, wanted, selected)));

  test(`no unselected field of a ${entity} is ever touched`, () => {
    law((current, wanted, selected) => {
      const patched = mergePatch(entity, current, diffFields(entity, current, wanted, selected));
      for (const field of Object.keys(current))
        if (!selected.includes(field)) expect(patched[field]).toBe(current[field]);
    });
  });

  test(`a patch of a ${entity} applied once equals the same applied twice`, () => {
    law((current, wanted, selected) => {
      const patch = diffFields(entity, current, wanted, selected);
      const once = mergePatch(entity, current, patch);
      expect(mergePatch(entity, once, patch)).toEqual(once);
    });
  });

  test(`a ${entity} needs no patch to agree with itself`, () => {
    law((current, _wanted, selected) => {
      expect(isEmptyPatch(diffFields(entity, current, current, selected))).toBe(true);
    });
  });

  test(`after the patch every selected field of a ${entity} agrees`, () => {
    law((current, wanted, selected) => {
      const patched = mergePatch(entity, current, diffFields(entity, current, wanted, selected));
      for (const field of selected) expect(agreesOn(entity, field, wanted[field], patched[field])).toBe(true);
    });
  });
}

function sorted(value: unknown): unknown {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

// Prints of earlier versions lie on the log: the text they are made of may not change.
test('canonicalJson() writes what JSON writes of sorted copies', () => {
  const keyArb = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constantFrom('01', '-1', '4294967295', '__proto__', 'é'),
  );
  const { value: valueArb } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.constant(undefined),
      fc.array(tie('value')),
      fc.dictionary(keyArb, tie('value')),
    ),
  }));

  fc.assert(
    fc.property(valueArb, (value) => {
      expect(canonicalJson(value)).toBe(JSON.stringify(value ?? null, (_key, member: unknown) => sorted(member)));
    }),
  );
});
