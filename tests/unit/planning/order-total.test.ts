import { expect, test } from 'vitest';

import { createFingerprint } from '#libs/fields/fingerprint.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { aStoredOrder, anOrder, eur } from '#tests/builders/entities.ts';
import { aPair } from '#tests/builders/settings.ts';

function planOf(by: Link['by'], targetTotal: number) {
  const source = aStoredOrder({ order: anOrder({ total: eur(4990) }) });
  const target = aStoredOrder({ id: 't1', order: anOrder({ total: eur(targetTotal) }) });
  return planRoot({
    settings: aPair(),
    root: 'order',
    rootId: source.id,
    source,
    links: new Map([[`order:${source.id}`, { targetId: 't1', by, at: 0 }]]),
    match: null,
    target,
    settled: null,
    inherited: null,
    held: new Set(),
    references: new Map(),
    express: ({ wanted }) => ({ wanted, withheld: {} }),
    capabilities: { creatable: new Set(), writable: new Set(), stampable: new Set(), holdsOrders: false },
    fingerprint: createFingerprint(Buffer.from('test')),
  });
}

test('an order that Lockstep made with another total is shown to a person', () => {
  expect(planOf('created', 4989).leftOut).toEqual({
    reason: 'total-differs',
    entities: ['order:1047'],
    message: 'the order was made with a total of 49.89 EUR, and the source says 49.90 EUR',
  });
});

test('a total that agrees to the cent is nothing to show', () => {
  expect(planOf('created', 4990).leftOut).toBeNull();
});

test('a migrated order may round as the migration did', () => {
  expect(planOf('order-number', 4989).leftOut).toBeNull();
});
