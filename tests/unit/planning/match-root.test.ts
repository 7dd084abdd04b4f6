import { describe, expect, test } from 'vitest';

import type { StoredRoot } from '#libs/model/stored.ts';
import { linksTo, matchRoot, naturalKeys } from '#libs/planning/match-root.ts';
import { aStoredCustomer, aStoredOrder, anOrder, eur } from '#tests/builders/entities.ts';
import { product, variant } from './inputs.ts';

const has = (target: StoredRoot, value: string) => naturalKeys(target).values.includes(value);
const pairs = (...args: Parameters<typeof linksTo>) =>
  linksTo(...args)
    .filter(({ entity }) => entity === 'variant')
    .map(({ sourceId, link }) => [sourceId, link.targetId]);
const target = (change: Parameters<typeof anOrder>[0] = {}, id = '107') =>
  aStoredOrder({ id, order: anOrder({ number: '#1001', ...change }) });
const customer = (id: string, email: string | null) =>
  aStoredCustomer({ id, customer: { ...aStoredCustomer().customer, email } });

/** Candidates as they were looked up; each key is the only one of its kind at the source unless told. */
function match(source: StoredRoot, targets: readonly StoredRoot[], sources: Readonly<Record<string, number>> = {}) {
  const byKey = new Map(
    naturalKeys(source).values.map((value) => [
      value,
      { targets: targets.filter((target) => has(target, value)), sources: sources[value] ?? 1 },
    ]),
  );
  return matchRoot(source, { bySourceId: null, byKey });
}

describe('matchRoot() of a product', () => {
  const source = product('1', [variant('11', 'A'), variant('12', 'B')]);

  test('takes what carries its source id before anything else', () => {
    const stamped = product('109', [variant('119', 'Z')], { sourceId: '1' });

    const found = matchRoot(source, { bySourceId: stamped, byKey: new Map() });

    expect(found).toMatchObject({ kind: 'one', by: 'source-id', target: { id: '109' } });
  });

  test('follows its SKUs into one product, and links the variants', () => {
    const found = match(source, [product('101', [variant('112', 'B'), variant('111', 'A')])]);

    expect(found).toMatchObject({ kind: 'one', by: 'sku', target: { id: '101' } });
    expect(
      found.kind === 'one' && found.links.map(({ entity, sourceId, link }) => [entity, sourceId, link.targetId]),
    ).toEqual([
      ['product', '1', '101'],
      ['variant', '11', '111'],
      ['variant', '12', '112'],
    ]);
  });

  test('is content with the SKUs that hit', () => {
    expect(match(source, [product('101', [variant('111', 'A')])])).toMatchObject({ kind: 'one', by: 'sku' });
  });

  test.each([
    [
      'its SKUs lie in two products',
      [product('101', [variant('111', 'A')]), product('102', [variant('112', 'B')])],
      {},
    ],
    ['two variants of one product have the SKU', [product('101', [variant('111', 'A'), variant('112', 'A')])], {}],
    ['two products have the SKU', [product('101', [variant('111', 'A')]), product('102', [variant('112', 'A')])], {}],
    ['the source has the SKU twice', [product('101', [variant('111', 'A')])], { A: 2 }],
  ])('guesses nothing where %s', (_why, targets, sources) => {
    expect(match(source, targets, sources)).toMatchObject({ kind: 'ambiguous' });
  });

  test('finds none where no SKU hits, and where there is none', () => {
    expect(match(source, [product('101', [variant('111', 'C')])])).toEqual({ kind: 'none' });
    expect(match(product('1', [variant('11', null)]), [product('101', [variant('111', null)])])).toEqual({
      kind: 'none',
    });
  });
});

describe('linksTo() tells variants apart', () => {
  test('by the source id that they carry, before their SKU', () => {
    const target = product('101', [{ ...variant('111', 'B'), sourceId: '11' }, variant('112', 'A')]);

    expect(pairs(product('1', [variant('11', 'A')]), target, 'sku')).toEqual([['11', '111']]);
  });

  test('by their options where they have no SKU', () => {
    const source = product('1', [variant('11', null, 1, 'M'), variant('12', null, 1, 'L')]);
    const target = product('101', [variant('112', null, 1, 'l '), variant('111', null, 1, 'm')]);

    expect(pairs(source, target, 'sku')).toEqual([
      ['11', '111'],
      ['12', '112'],
    ]);
  });

  test('not where two of the target fit', () => {
    const target = product('101', [variant('111', 'A'), variant('112', 'A')]);

    expect(pairs(product('1', [variant('11', 'A')]), target, 'sku')).toEqual([]);
  });

  test('not where two of the source fit one', () => {
    const source = product('1', [variant('11', 'A'), variant('12', 'A')]);

    expect(pairs(source, product('101', [variant('111', 'A')]), 'sku')).toEqual([]);
  });

  test('as the only one on both sides, unless only a part was read', () => {
    const source = product('1', [variant('11', 'A-OLD')]);
    const target = product('101', [variant('111', 'A-NEW')]);

    expect(pairs(source, target, 'sku')).toEqual([['11', '111']]);
    expect(pairs({ ...source, partial: true }, target, 'sku')).toEqual([]);
  });
});

describe('matchRoot() of an order', () => {
  const source = aStoredOrder({ id: '7', order: anOrder({ number: '1001' }) });
  const OTHER = { email: 'bob@example.com' };
  const DEARER = { total: eur(1) };
  const LATER = { placedAt: '2026-11-05T10:00:00Z' };

  test('goes by the number without its sign', () => {
    expect(match(source, [target()])).toMatchObject({ kind: 'one', by: 'order-number', target: { id: '107' } });
    expect(naturalKeys(aStoredOrder({ order: anOrder({ number: '# 1001 ' }) })).values).toEqual(['1001']);
  });

  test.each([
    ['e-mail and total', LATER],
    ['e-mail and day', DEARER],
    ['total and day', OTHER],
  ])('is confirmed by %s', (_what, change) => {
    expect(match(source, [target(change)])).toMatchObject({ kind: 'one' });
  });

  test.each([
    ['the e-mail', { ...DEARER, ...LATER }],
    ['the total', { ...OTHER, ...LATER }],
    ['the day', { ...OTHER, ...DEARER }],
    ['nothing', { ...OTHER, ...DEARER, ...LATER }],
  ])('is not confirmed by %s alone', (_what, change) => {
    expect(match(source, [target(change)])).toEqual({ kind: 'none' });
  });

  test('takes no day for the same that is more than one away, and no missing e-mail for equal', () => {
    expect(match(source, [target({ ...OTHER, placedAt: '2026-10-31T09:59:00Z' })])).toMatchObject({ kind: 'one' });
    expect(match(source, [target({ ...OTHER, placedAt: '2026-10-31T10:01:00Z' })])).toEqual({ kind: 'none' });
    const guest = aStoredOrder({ id: '7', order: anOrder({ number: '1001', email: null }) });
    expect(match(guest, [target({ email: null, ...DEARER })])).toEqual({ kind: 'none' });
  });

  test('folds the case of the e-mail', () => {
    expect(match(source, [target({ email: ' ADA@Example.com', ...LATER })])).toMatchObject({ kind: 'one' });
  });

  test('leaves the target’s own test orders alone', () => {
    const own = target({ ...OTHER, ...DEARER, placedAt: '2026-10-30T10:00:00Z' }, '901');

    expect(match(source, [own])).toEqual({ kind: 'none' });
    expect(match(source, [own, target()])).toMatchObject({ kind: 'one', target: { id: '107' } });
  });

  test('does not take one that carries another source id', () => {
    expect(match(source, [{ ...target(), sourceId: '8' }])).toEqual({ kind: 'none' });
  });

  test('guesses nothing where two fit, or the source has the number twice', () => {
    expect(match(source, [target(), target({}, '108')])).toMatchObject({ kind: 'ambiguous' });
    expect(match(source, [target()], { '1001': 2 })).toMatchObject({ kind: 'ambiguous' });
  });
});

describe('matchRoot() of a customer', () => {
  test('goes by the e-mail in one case', () => {
    expect(match(customer('5', 'Ada@Example.com '), [customer('105', 'ada@example.COM')])).toMatchObject({
      kind: 'one',
      by: 'email',
      target: { id: '105' },
    });
  });

  test('guesses nothing where either side has the e-mail twice, and tells it to nobody', () => {
    const two = match(customer('5', 'ada@example.com'), [
      customer('105', 'ada@example.com'),
      customer('106', 'ADA@example.com'),
    ]);
    const twice = match(customer('5', 'ada@example.com'), [customer('105', 'ada@example.com')], {
      'ada@example.com': 2,
    });

    expect([two.kind, twice.kind]).toEqual(['ambiguous', 'ambiguous']);
    expect(JSON.stringify([two, twice])).not.toContain('ada@');
  });

  test('finds none without an e-mail', () => {
    expect(match(customer('5', null), [customer('105', null)])).toEqual({ kind: 'none' });
  });
});
