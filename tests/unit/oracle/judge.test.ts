import { describe, expect, onTestFinished, test } from 'vitest';

import { plantFault, type Plantable } from '../../../cli/demo/plant-fault.ts';
import { editTexts } from '../../../simulators/migration/after-migration.ts';
import { findDifferences } from '../../../simulators/oracle/differences.ts';
import { judge, type OracleRule } from '../../../simulators/oracle/judge.ts';
import { inputOf, MIGRATED_AT, SELECTED, twoShops, type TwoShops } from './shops.ts';

async function planted(fault: Plantable): Promise<TwoShops> {
  const shops = twoShops();
  const { url } = await shops.target.start();
  onTestFinished(() => shops.target.stop());
  await plantFault(fault, { url, target: shops.target });
  return shops;
}

function rulesOf(shops: TwoShops): readonly OracleRule[] {
  return [...new Set(judge(inputOf(shops)).map(({ rule }) => rule))].toSorted();
}

describe('the oracle', () => {
  test.each([1, 2, 3, 4])('finds nothing wrong with two shops that agree (seed %i)', (seed) => {
    const shops = twoShops(seed);
    editTexts(shops.target, 10, () => 0.5);

    const findings = judge(inputOf(shops));

    expect(findings).toEqual([]);
  });

  test.each<[Plantable, OracleRule]>([
    ['lost-write', 'selected-field-differs'],
    ['doubled-order', 'doubled-entity'],
    ['unselected-field', 'unselected-field-written'],
    ['mail', 'mail'],
    ['stock-movement', 'stock-movement'],
  ])('finds a planted %s', async (fault, rule) => {
    const shops = await planted(fault);

    const rules = rulesOf(shops);

    expect(rules).toContain(rule);
  });

  test('says that a change of the old shop which was not carried differs', () => {
    const shops = twoShops();
    const [product] = shops.source
      .state()
      .products.filter(({ type, manage_stock }) => type === 'simple' && manage_stock);

    shops.source.people.setStock(product?.id ?? 0, 4711);

    expect(judge(inputOf(shops))).toEqual([
      expect.objectContaining({
        rule: 'selected-field-differs',
        detail: expect.stringContaining('old 4711') as string,
      }),
    ]);
  });

  test('says that an order which was never made at the target is missing', () => {
    const shops = twoShops();
    const order = shops.source.people.placeOrder({ billing: { email: 'a@shop.example' }, line_items: [] });

    const findings = judge(inputOf(shops));

    expect(findings).toContainEqual({
      rule: 'entity-missing',
      detail: `order:${order.id} ("#${order.id}") is missing`,
    });
  });

  test('says that a write came before the approval', async () => {
    const shops = await planted('unselected-field');

    const findings = judge(inputOf(shops, { approvedSeq: shops.target.ledger.entries.length }));

    expect(findings.map(({ rule }) => rule)).toContain('written-before-approval');
  });

  test('says that a text which people gave was overwritten', async () => {
    const shops = twoShops();
    const { url } = await shops.target.start();
    onTestFinished(() => shops.target.stop());
    shops.target.editTexts(shops.target.state().products[0]?.id ?? '', { title: 'By people' });

    await plantFault('unselected-field', { url, target: shops.target });

    expect(rulesOf(shops)).toEqual(['people-edit-lost', 'unselected-field-written']);
  });
});

function afterALostChange(outcome: 'lost' | 'delivered') {
  const shops = twoShops();
  const tradingSeq = shops.source.ledger.entries.length;
  const [product] = shops.source.state().products.filter(({ type, manage_stock }) => type === 'simple' && manage_stock);
  const id = String(product?.id);
  shops.source.people.setStock(product?.id ?? 0, 4711);
  const at = { causedAt: 0, renderedAt: 0, coversSeq: 0 };
  const arrived = outcome === 'lost' ? {} : { arrivedAt: 0, arrivedSeq: shops.source.ledger.entries.length };
  shops.source.ledger.delivery({ topic: 'product.updated', entity: 'product', id, ...at, outcome, ...arrived });
  const before = findDifferences({
    source: shops.source.state(),
    target: shops.target.state(),
    selected: SELECTED,
    migratedAt: MIGRATED_AT,
  });
  // The repair, as far as the oracle is concerned.
  const [wrong] = before;
  const variant = shops.target
    .state()
    .products.flatMap(({ variants }) => variants)
    .find(({ sku }) => sku === product?.sku);
  shops.target.setAvailable(variant?.id ?? '', 4711);
  return { shops, tradingSeq, before, id, entity: wrong?.entity ?? '' };
}

const READ_NOTHING = { readsBefore: 0 };

describe('what the oracle says of a comparison', () => {
  test('is nothing where it names exactly what was lost', () => {
    const { shops, tradingSeq, before, entity } = afterALostChange('lost');
    const reported = [{ entity, field: 'variant.quantity', cause: 'missed-webhook' }];

    expect(judge(inputOf(shops, { comparison: { ...READ_NOTHING, tradingSeq, before, reported } }))).toEqual([]);
  });

  test.each<[string, string | null, readonly OracleRule[]]>([
    ['names nothing', null, ['not-reported']],
    ['names another field', 'variant.price', ['not-reported', 'reported-in-vain']],
  ])('is that it %s', (_name, field, rules) => {
    const { shops, tradingSeq, before, entity } = afterALostChange('lost');
    const reported = field === null ? [] : [{ entity, field, cause: 'missed-webhook' }];

    const findings = judge(inputOf(shops, { comparison: { ...READ_NOTHING, tradingSeq, before, reported } }));

    expect(findings.map(({ rule }) => rule)).toEqual(rules);
  });

  test('is that it names nothing, even where something else had already brought over what was lost', () => {
    const { shops, tradingSeq } = afterALostChange('lost');

    const findings = judge(inputOf(shops, { comparison: { ...READ_NOTHING, tradingSeq, before: [], reported: [] } }));

    expect(findings.map(({ rule }) => rule)).toEqual(['not-reported']);
  });

  test('is that it names one thing too many', () => {
    const { shops, tradingSeq, before, entity } = afterALostChange('lost');
    const reported = ['variant.quantity', 'variant.stockStatus'].map((field) => {
      return { entity, field, cause: 'missed-webhook' };
    });

    const findings = judge(inputOf(shops, { comparison: { ...READ_NOTHING, tradingSeq, before, reported } }));

    expect(findings).toEqual([{ rule: 'reported-in-vain', detail: `${entity} variant.stockStatus: "missed-webhook"` }]);
  });

  test.each(['inconclusive', 'under-way', 'silent-at-source', 'new-at-source'])(
    'is a wrong cause where a webhook never came and it says %s',
    (cause) => {
      const { shops, tradingSeq, before, entity } = afterALostChange('lost');
      const reported = [{ entity, field: 'variant.quantity', cause }];

      const findings = judge(inputOf(shops, { comparison: { ...READ_NOTHING, tradingSeq, before, reported } }));

      expect(findings.map(({ rule }) => rule)).toEqual(['wrong-cause']);
    },
  );

  test('is a wrong cause where an entity is new and it says anything else', () => {
    const shops = twoShops();
    const tradingSeq = shops.source.ledger.entries.length;
    const { id } = shops.source.people.createCustomer({ email: 'new@shop.example' });
    const rulesWhere = (cause: string): readonly OracleRule[] => {
      const reported = [{ entity: `customer:${id}`, field: null, cause }];
      const comparison = { ...READ_NOTHING, tradingSeq, before: [], reported };
      return judge(inputOf(shops, { comparison })).map(({ rule }) => rule);
    };

    expect(rulesWhere('new-at-source')).toEqual(['entity-missing']);
    expect(rulesWhere('missed-webhook')).toEqual(['entity-missing', 'wrong-cause']);
  });

  test('is a fault of the sync where a webhook that arrived could have carried the change', () => {
    const { shops, tradingSeq, before, entity } = afterALostChange('delivered');
    const reported = [{ entity, field: 'variant.quantity', cause: 'missed-webhook' }];

    const findings = judge(inputOf(shops, { comparison: { ...READ_NOTHING, tradingSeq, before, reported } }));

    expect(findings.map(({ rule }) => rule)).toEqual(['carried-but-not-applied']);
  });

  test('is no fault where the read that saw the change may have been of a process that had lost its work', () => {
    const { shops, tradingSeq, before, entity, id } = afterALostChange('lost');
    const { ledger } = shops.source;
    // A webhook came before the change, and the read that followed it after.
    const arrivedSeq = tradingSeq - 1;
    const at = { causedAt: 0, renderedAt: 0, coversSeq: 0, arrivedAt: 0, arrivedSeq };
    ledger.delivery({ topic: 'product.updated', entity: 'product', id, ...at, outcome: 'delivered' });
    ledger.read({ entity: 'product', id, coversSeq: ledger.entries.length, by: 'thawed' });
    const reported = [{ entity, field: 'variant.quantity', cause: 'missed-webhook' }];
    const comparison = { readsBefore: 1, tradingSeq: arrivedSeq, before, reported };
    const rulesOfIt = (more: object): readonly OracleRule[] =>
      judge(inputOf(shops, { comparison: { ...comparison, ...more } })).map(({ rule }) => rule);

    expect(rulesOfIt({})).toEqual(['carried-but-not-applied']);
    expect(rulesOfIt({ unsure: () => true })).toEqual([]);
    expect(rulesOfIt({ unsure: () => true, reported: [] })).toEqual(['not-reported']);
  });
});
