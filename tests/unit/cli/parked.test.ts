import { expect, test } from 'vitest';

import { findEntry } from '../../../cli/parked.ts';
import type { ParkedEntry } from '../../../cli/parked-handlers.ts';

function root(id: string): ParkedEntry {
  return { id, kind: 'root', at: 1, reason: 'refused', message: 'no', fields: [], tries: 0, entities: [] };
}

const webhook: ParkedEntry = {
  id: '0123456789abcdef',
  kind: 'webhook',
  at: 1,
  reason: 'unreadable',
  topic: 'order.updated',
  bytes: 12,
};

test('what is parked is found by its id, by its number alone, and a webhook by the beginning of its id', () => {
  const entries = [root('order:242'), root('product:7'), webhook];

  expect(findEntry(entries, 'order:242')?.id).toBe('order:242');
  expect(findEntry(entries, '242')?.id).toBe('order:242');
  expect(findEntry(entries, '01234567')?.id).toBe('0123456789abcdef');
});

test('what could be several, or none, is found by nothing', () => {
  const entries = [root('order:7'), root('product:7'), root('customer:17'), webhook];

  expect(findEntry(entries, '7')).toBeUndefined();
  expect(findEntry(entries, '0123')).toBeUndefined();
  expect(findEntry(entries, 'order:8')).toBeUndefined();
});
