import { describe, expect, test } from 'vitest';

import type { CreateResult, WriteResult } from '#libs/connectors/store-connector.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { linkedPlan, planOf, product, variant } from '../planning/inputs.ts';
import { judgeCreation, judgePatch } from '../../../services/applier/write-group.ts';
import { aRead } from './inputs.ts';

const SOURCE = product('1', [variant('11', 'A', 3)], { createdAt: '2026-11-20T08:00:00Z' });
const PATCH = {
  read: aRead({ source: SOURCE }),
  plan: planRoot(linkedPlan(SOURCE, product('101', [variant('111', 'A', 9)]))),
};
const CREATION = { read: aRead({ source: SOURCE }), plan: planRoot(planOf(SOURCE)) };
const stored = (values: FieldValues): WriteResult => ({ outcome: 'stored', stored: { '111': values } });

describe('judgePatch()', () => {
  test('believes what is stored as wanted', () => {
    expect(judgePatch(PATCH, stored({ quantity: 3 }))).toMatchObject({ kind: 'stored', created: false });
  });

  test.each([
    ['kept its old value', { quantity: 9 }],
    ['says nothing about it', {}],
    ['answers another number', { quantity: '3' }],
  ])('does not where the store %s', (_what, values) => {
    expect(judgePatch(PATCH, stored(values))).toMatchObject({
      kind: 'not-stored',
      message: expect.stringContaining('variant.quantity') as string,
    });
  });

  test('reads and plans again where the value had moved', () => {
    expect(judgePatch(PATCH, { outcome: 'stale' })).toEqual({ kind: 'again' });
  });

  test.each([
    [
      { outcome: 'refused', message: 'no' },
      { kind: 'refused', message: 'no' },
    ],
    [
      { outcome: 'failed', message: '500' },
      { kind: 'failed', message: '500' },
    ],
    [
      { outcome: 'unknown', message: 'silence' },
      { kind: 'unknown', message: 'silence' },
    ],
    [
      { outcome: 'throttled', retryAfterMs: 7 },
      { kind: 'throttled', retryAfterMs: 7 },
    ],
    [{ outcome: 'not-sent' }, { kind: 'not-sent' }],
  ] satisfies readonly (readonly [WriteResult, object])[])('keeps apart %j', (result, expected) => {
    expect(judgePatch(PATCH, result)).toMatchObject(expected);
  });
});

describe('judgeCreation()', () => {
  const made = product('101', [{ ...variant('111', 'A', 3), sourceId: '11' }], { sourceId: '1' });

  test('links what was made, variant by variant', () => {
    expect(judgeCreation(CREATION, { outcome: 'created', stored: made, complete: true })).toMatchObject({
      kind: 'stored',
      created: true,
      links: [
        { entity: 'product', sourceId: '1', link: { targetId: '101', by: 'created' } },
        { entity: 'variant', sourceId: '11', link: { targetId: '111' } },
      ],
    });
  });

  test.each([
    ['made in part', { outcome: 'created', stored: made, complete: false }],
    ['there already', { outcome: 'taken', message: 'handle taken' }],
  ] satisfies readonly (readonly [string, CreateResult])[])('looks again at what is %s', (_what, result) => {
    expect(judgeCreation(CREATION, result)).toEqual({ kind: 'again' });
  });
});
