import { describe, expect, test } from 'vitest';

import { isHalfMade } from '#libs/planning/half-made.ts';
import {
  anOrder,
  anOrderLine,
  aProduct,
  aStoredOrder,
  aStoredProduct,
  aStoredVariant,
  eur,
} from '#tests/builders/entities.ts';
import { aPair } from '#tests/builders/settings.ts';

const NEW = '2026-11-20T08:00:00Z';
const BY_MARK = { by: 'source-id' } as const;
const input = {
  settings: aPair(),
  unfinished: true,
  capabilities: {
    creatable: new Set(['product', 'order'] as const),
    writable: new Set<never>(),
    stampable: new Set<never>(),
    holdsOrders: true,
    completes: new Set(['product', 'order'] as const),
  },
};

const shirt = aStoredProduct({ id: '14', createdAt: NEW });
const draft = aStoredProduct({ id: '900', sourceId: '14', product: aProduct({ status: 'draft' }) });
const order = aStoredOrder({ id: '1047', createdAt: NEW, order: anOrder({ lines: [anOrderLine()] }) });
const there = aStoredOrder({ id: '901', sourceId: '1047', order: anOrder({ lines: [anOrderLine()] }) });

describe('what is taken for half made', () => {
  test('a product of ours that is not shown yet', () => {
    expect(isHalfMade(input, shirt, draft, BY_MARK)).toBe(true);
    expect(isHalfMade(input, shirt, { ...draft, product: aProduct({ status: 'active' }) }, BY_MARK)).toBe(false);
  });

  test('of one that is to be a draft, only where variants are lacking', () => {
    const hidden = { ...shirt, product: aProduct({ status: 'draft' }) };
    const two = { ...hidden, variants: [aStoredVariant({ id: '1' }), aStoredVariant({ id: '2' })] };

    expect(isHalfMade(input, hidden, draft, BY_MARK)).toBe(false);
    expect(isHalfMade(input, two, draft, BY_MARK)).toBe(true);
    expect(isHalfMade(input, { ...two, partial: true }, draft, BY_MARK)).toBe(false);
  });

  test('an order of ours without its lines, or with another total', () => {
    expect(isHalfMade(input, order, there, BY_MARK)).toBe(false);
    expect(isHalfMade(input, order, { ...there, order: anOrder({ lines: [] }) }, BY_MARK)).toBe(true);
    const unsummed = { ...there, order: anOrder({ lines: [anOrderLine()], total: eur(0) }) };
    expect(isHalfMade(input, order, unsummed, BY_MARK)).toBe(true);
  });

  test('nothing once its creation has ended, nothing of others, and nothing where a platform makes it at once', () => {
    expect(isHalfMade({ ...input, unfinished: false }, shirt, draft, BY_MARK)).toBe(false);
    expect(isHalfMade(input, shirt, { ...draft, sourceId: null }, BY_MARK)).toBe(false);
    expect(isHalfMade(input, { ...shirt, createdAt: '2026-10-01T00:00:00Z' }, draft, BY_MARK)).toBe(false);
    const { completes: _none, ...atOnce } = input.capabilities;
    expect(isHalfMade({ ...input, capabilities: atOnce }, shirt, draft, BY_MARK)).toBe(false);
  });
});
