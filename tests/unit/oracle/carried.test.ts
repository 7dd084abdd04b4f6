import { expect, test } from 'vitest';

import { createLedger, type DeliveryRecord, type Ledger } from '../../../simulators/core/ledger.ts';
import { carriedUpTo } from '../../../simulators/oracle/carried.ts';

const TRADING = { tradingSeq: 10, readsBefore: 100 };
const PRODUCT = { entity: 'product', id: '10' };
const FIRST = { entity: 'variation', id: '11', parentId: '10' };
const SECOND = { entity: 'variation', id: '12', parentId: '10' };

function hear(
  ledger: Ledger,
  row: { readonly entity: string; readonly id: string; readonly parentId?: string },
  arrivedSeq: number,
  outcome: DeliveryRecord['outcome'] = 'delivered',
): void {
  const at = { causedAt: 0, renderedAt: 0, coversSeq: 0, arrivedAt: 0, arrivedSeq };
  ledger.delivery({ topic: 'product.updated', ...row, ...at, outcome });
}

test('what lay there when trading began was carried, and nothing else before a webhook comes', () => {
  expect(carriedUpTo(createLedger(), TRADING)(FIRST)).toBe(9);
});

test('a webhook of one variation could carry its whole product', () => {
  const ledger = createLedger();
  hear(ledger, SECOND, 20);

  const upTo = carriedUpTo(ledger, TRADING);

  expect([FIRST, SECOND, PRODUCT].map(upTo)).toEqual([20, 20, 20]);
  expect(upTo({ entity: 'product', id: '99' })).toBe(9);
});

test('of several webhooks the last that came counts, doubled or not', () => {
  const ledger = createLedger();
  hear(ledger, PRODUCT, 30, 'doubled');
  hear(ledger, FIRST, 20);

  expect(carriedUpTo(ledger, TRADING)(SECOND)).toBe(30);
});

test.each(['lost', 'failed'] as const)('a webhook that was %s carries nothing', (outcome) => {
  const ledger = createLedger();
  hear(ledger, PRODUCT, 20, outcome);

  expect(carriedUpTo(ledger, TRADING)(PRODUCT)).toBe(9);
});

test('a read that followed a webhook shows what changed after it came, row by row', () => {
  const ledger = createLedger();
  hear(ledger, SECOND, 20);
  ledger.read({ ...FIRST, coversSeq: 25 });
  ledger.read({ ...SECOND, coversSeq: 26 });

  expect([FIRST, SECOND, PRODUCT].map(carriedUpTo(ledger, TRADING))).toEqual([25, 26, 20]);
});

test('a read of a root of which no webhook came counts for nothing', () => {
  const ledger = createLedger();
  hear(ledger, { entity: 'order', id: '77' }, 20);
  ledger.read({ ...FIRST, coversSeq: 25 });

  expect(carriedUpTo(ledger, TRADING)(FIRST)).toBe(9);
});

test('nor does one from before the first webhook, or one of the comparison', () => {
  const ledger = createLedger();
  hear(ledger, FIRST, 20);
  ledger.read({ ...FIRST, coversSeq: 15 });
  ledger.read({ ...FIRST, coversSeq: 40 });

  expect(carriedUpTo(ledger, { ...TRADING, readsBefore: 1 })(FIRST)).toBe(20);
});

test('nor does one of which nobody can tell whether a write followed', () => {
  const ledger = createLedger();
  hear(ledger, FIRST, 20);
  ledger.read({ ...FIRST, coversSeq: 25, by: 'frozen' });
  ledger.read({ ...FIRST, coversSeq: 24, by: 'awake' });

  expect(carriedUpTo(ledger, { ...TRADING, unsure: ({ by }) => by === 'frozen' })(FIRST)).toBe(24);
  expect(carriedUpTo(ledger, { ...TRADING, unsure: (_read, index) => index === 1 })(FIRST)).toBe(25);
});

test('notes belong to their order', () => {
  const ledger = createLedger();
  hear(ledger, { entity: 'order', id: '77' }, 20);
  ledger.read({ entity: 'notes', id: '77', coversSeq: 22 });

  expect(carriedUpTo(ledger, TRADING)({ entity: 'notes', id: '77' })).toBe(22);
});
