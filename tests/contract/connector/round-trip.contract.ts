import { expect } from 'vitest';

import { agreesOn } from '#libs/fields/agree.ts';
import { fieldName, selectedOf } from '#libs/fields/field-names.ts';
import type { EntityKind } from '#libs/model/stored.ts';
import { eur } from '#tests/builders/entities.ts';
import type { Cases } from './cases.ts';
import { customerDraft, productDraft } from './drafts.ts';
import { patchOf, selectionOf, valuesOf } from './subject.ts';

const LONG = 'Æ'.repeat(200);
const ADDRESS = {
  firstName: 'Zoë',
  lastName: 'O’Neill & Søn',
  company: '',
  address1: 'Søndergade 1 <baghus>',
  address2: '',
  city: 'Århus',
  region: '',
  postcode: '08000',
  country: 'DK',
  phone: '+4512345678',
};

/** Values at which platforms differ: numbers, money, HTML entities, emoji, what is empty and what is not there. */
const VALUES: readonly (readonly [EntityKind, string, readonly unknown[]])[] = [
  ['product', 'title', ['Skål & Søn', 'Tee &amp; Kaffe', '“Quoted” – 5 < 6', '🧤🇩🇰', LONG]],
  [
    'product',
    'description',
    ['', '<p>Fin &amp; stærk</p>', '<p>5 &lt; 6 &amp; 7 &gt; 2</p>', '<ul><li>Én 🧤</li></ul>', 'Kun tekst & mere'],
  ],
  ['product', 'status', ['active', 'draft', 'archived']],
  ['product', 'brand', ['Källa & Sons', null]],
  ['product', 'tags', [[], ['blå', 'a & b', '🧤'], ['one']]],
  ['product', 'categories', [['Køkken & Bord'], []]],
  [
    'product',
    'seo',
    [
      { title: 'Køb & glæd dig', description: 'Æøå 🧤' },
      { title: null, description: null },
    ],
  ],
  ['variant', 'quantity', [0, 1, 4_711, -3]],
  ['variant', 'tracked', [false, true]],
  ['variant', 'backorders', [true, false]],
  ['variant', 'price', [eur(1), eur(1_999), eur(9_999_999), eur(0)]],
  ['variant', 'compareAtPrice', [eur(99_999_999), null]],
  ['variant', 'barcode', ['5901234123457', null]],
  ['variant', 'weight', [{ grams: 1 }, { grams: 1_250 }, { grams: 12_345 }, null]],
  [
    'customer',
    'name',
    [
      { first: 'Zoë 🧤', last: 'O’Neill & Søn' },
      { first: '', last: 'Only last' },
    ],
  ],
  ['customer', 'phone', ['+4512345678', null]],
  ['customer', 'addresses', [[ADDRESS], [ADDRESS, { ...ADDRESS, address1: 'Lager 2', company: 'Lager & Co' }], []]],
  ['customer', 'marketingConsent', [true, false]],
];

/**
 * What was written and is read again says the same, whichever words the store has for it: as it was expressed, or normalised the
 * same way on both sides, so that no comparison reports it.
 */
export function testRoundTrip({ bench, when, capabilities }: Cases): void {
  for (const [entity, field, values] of VALUES)
    when(
      capabilities.writable.has(fieldName(entity, field)),
      `${entity}.${field} survives the round trip`,
      async () => {
        const { hands } = bench().subject;
        const selected = selectedOf(selectionOf(bench().subject), entity);
        const made = await bench().make(entity === 'customer' ? customerDraft(bench()) : productDraft(bench()));
        const source = entity === 'variant' && made.root === 'product' ? made.variants[0]?.variant : undefined;
        const failed: unknown[] = [];
        for (const value of values) {
          const present = await bench().readBack(made);
          const { wanted, withheld } = hands.express({
            entity,
            wanted: { [field]: value },
            ...(source === undefined ? {} : { source: { ...source, [field]: value } }),
            present: valuesOf(present, entity),
            selected,
          });
          // What this store cannot hold is said, and not tried.
          if (withheld[field] !== undefined) continue;
          const differs = Object.keys(wanted).some(
            (key) => !agreesOn(entity, key, wanted[key], valuesOf(present, entity)[key]),
          );
          const [result] = differs ? await bench().write(patchOf(present, { [entity]: wanted })) : [];
          const now = valuesOf(await bench().readBack(made), entity);
          const ok = Object.keys(wanted).every((key) => agreesOn(entity, key, wanted[key], now[key]));
          if (!ok || (differs && result?.outcome !== 'stored')) failed.push({ value, wanted, now: now[field], result });
        }
        expect(failed).toEqual([]);
      },
    );
}
