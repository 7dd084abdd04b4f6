import { expect, test } from 'vitest';

import { createLedger, type Ledger } from '../../../simulators/core/ledger.ts';
import { lastChanges } from '../../../simulators/oracle/carried.ts';

function shopWithTwoVariations(): Ledger {
  const ledger = createLedger();
  const stock = { stock_quantity: { from: 5, to: 4 } };
  const base = { at: 0, actor: 'people' } as const;
  ledger.record({ ...base, action: 'update', entity: 'variation', id: '11', parentId: '10', changes: stock });
  ledger.record({ ...base, action: 'update', entity: 'variation', id: '12', parentId: '10', changes: stock });
  return ledger;
}

function hear(ledger: Ledger, entity: string, id: string, arrivedSeq: number): void {
  const at = { causedAt: 0, renderedAt: 0, coversSeq: 0, arrivedAt: 0, arrivedSeq };
  ledger.delivery({ topic: 'product.updated', entity, id, ...at, outcome: 'delivered' });
}

test('news of one variation carries nothing of its siblings', () => {
  const ledger = shopWithTwoVariations();
  hear(ledger, 'variation', '12', 5);

  const changes = lastChanges(ledger, 0);

  expect(changes.get('variant:11/variant.quantity')?.carried).toBe(false);
  expect(changes.get('variant:12/variant.quantity')?.carried).toBe(true);
});

test('news of the product carries all of its variations', () => {
  const ledger = shopWithTwoVariations();
  hear(ledger, 'product', '10', 5);

  const changes = lastChanges(ledger, 0);

  expect(changes.get('variant:11/variant.quantity')).toEqual({ seq: 0, root: 'product:10', carried: true });
});

test('news that arrived before the change does not carry it', () => {
  const ledger = shopWithTwoVariations();
  hear(ledger, 'variation', '12', 0);

  const changes = lastChanges(ledger, 0);

  expect(changes.get('variant:12/variant.quantity')?.carried).toBe(false);
});

test('a stock that the parent keeps is a change of each of its variations', () => {
  const ledger = shopWithTwoVariations();
  const changes = { stock_quantity: { from: 9, to: 8 } };
  ledger.record({ at: 0, actor: 'people', action: 'update', entity: 'product', id: '10', changes });

  const last = lastChanges(ledger, 0);

  expect(last.get('variant:11/variant.quantity')?.seq).toBe(2);
});

test('a note is a change of its order’s history', () => {
  const ledger = createLedger();
  const note = { action: 'create', entity: 'note', id: '3', parentId: '77', changes: {} } as const;
  ledger.record({ at: 0, actor: 'people', ...note });

  expect(lastChanges(ledger, 0).get('order:77/order.history')).toEqual({ seq: 0, root: 'order:77', carried: false });
});
