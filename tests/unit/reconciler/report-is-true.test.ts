import { expect, test } from 'vitest';

import { compareText } from '#libs/fields/agree.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { aProduct } from './fake-stores.ts';
import { ago, aPair, LONG_AGO } from './with-applier.ts';

const IDS = Array.from({ length: 12 }, (_, index) => String(index + 1));
const HAPPENINGS = ['nothing', 'heard', 'missed', 'under-way', 'silent', 'edited', 'both'] as const;
const EXPECTED: Readonly<Record<(typeof HAPPENINGS)[number], string | null>> = {
  nothing: null,
  heard: null,
  missed: 'missed-webhook',
  'under-way': 'under-way',
  silent: 'silent-at-source',
  edited: 'target-edited',
  both: 'missed-webhook',
};

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a report names exactly what happened, and leaves two shops that agree (seed %i)',
  async (seed) => {
    const random = seededRandom(seed);
    const pair = await aPair(undefined, IDS);
    const happened = IDS.map((id) => [id, HAPPENINGS[Math.floor(random() * HAPPENINGS.length)] ?? 'nothing'] as const);
    for (const [id, what] of happened) {
      const quantity = 6 + Math.floor(random() * 90);
      const hours = ago(1_800_000 + Math.floor(random() * 7_200_000));
      if (what === 'heard' || what === 'missed' || what === 'both')
        pair.source.put(aProduct({ id, quantity, changedAt: hours }));
      if (what === 'under-way') pair.source.put(aProduct({ id, quantity, changedAt: ago(1_000) }));
      if (what === 'silent') pair.source.put(aProduct({ id, quantity, changedAt: LONG_AGO }));
      if (what === 'edited' || what === 'both')
        pair.target.put(aProduct({ id: `10${id}`, sku: `SKU-${id}`, quantity: 1 }));
    }
    await pair.hear(...happened.filter(([, what]) => what === 'heard').map(([id]) => id));

    const first = await pair.compare();
    const second = await pair.compare();

    const told = first.findings.map(({ root, cause, status }) => `${root} ${cause} ${status}`).toSorted(compareText);
    const wanted = happened.flatMap(([id, what]) =>
      EXPECTED[what] === null ? [] : [`product:${id} ${EXPECTED[what]} repaired`],
    );
    expect(told).toEqual(wanted.toSorted(compareText));
    expect(second.findings).toEqual([]);
    for (const id of IDS) {
      const source = pair.source.get('product', id);
      expect(pair.quantity(id)).toBe(source?.root === 'product' ? source.variants[0]?.variant.quantity : undefined);
    }
    await pair.stop();
  },
);
