import { readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { approvePlan } from '../../../services/reconciler/approve-plan.ts';
import { buildPlan, plansDir, readPlanLines } from '../../../services/reconciler/build-plan.ts';
import { createComparison } from '../../../services/reconciler/compare-stores.ts';
import { planCsv } from '../../../services/reconciler/report/plan-csv.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { aCustomer, aProduct, NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

const { signal } = new AbortController();
const BEFORE = '2026-10-01T00:00:00Z';
const AFTER = '2026-11-20T00:00:00Z';

/** Stock differs on 1; the price on 2 (untouched since the migration) and on 3 (changed since). Nothing is linked. */
async function migrated(): Promise<World> {
  const world = await aWorld({ settings: { create: { product: 'new', order: 'none', customer: 'none' } } });
  world.source.put(
    aProduct({ id: '1', quantity: 3, changedAt: BEFORE }),
    withPrice(aProduct({ id: '2', changedAt: BEFORE }), 2490),
    withPrice(aProduct({ id: '3', changedAt: AFTER }), 2490),
  );
  world.target.put(
    aProduct({ id: '101', sku: 'SKU-1' }),
    aProduct({ id: '102', sku: 'SKU-2' }),
    aProduct({ id: '103', sku: 'SKU-3' }),
  );
  return world;
}

function withPrice(product: ReturnType<typeof aProduct>, amountMinor: number): ReturnType<typeof aProduct> {
  const variants = product.variants.map((one) => ({
    ...one,
    variant: { ...one.variant, price: { amountMinor, currency: 'EUR' } },
  }));
  return { ...product, variants };
}

async function factsOf(world: World, kind: 'link' | 'inherited' | 'act'): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of world.facts.list('acme', kind)) ids.push(id);
  return ids;
}

describe('a plan', () => {
  test('tells what would be written from what is kept as it is', async () => {
    const world = await migrated();

    const plan = await buildPlan(world, { signal });

    expect(plan.counts).toMatchObject({ planned: 2, inherited: 1, create: 0, retire: 0, ambiguous: 0, unlinked: 0 });
    expect(plan.plannedByField).toEqual({ 'variant.quantity': 1, 'variant.price': 1 });
    expect(
      [...readPlanLines(plan.file, ['planned', 'inherited'])].map(({ kind, label, field }) => [kind, label, field]),
    ).toEqual([
      ['planned', 'SKU-1', 'variant.quantity'],
      ['planned', 'SKU-3', 'variant.price'],
      ['inherited', 'SKU-2', 'variant.price'],
    ]);
  });

  test('counts the source ids that would be written, where the config asks for them', async () => {
    const world = await migrated();
    const asked = { ...world, settings: { ...world.settings, stamp: true } };
    world.target.put(
      aProduct({ id: '102', sku: 'SKU-2', sourceId: '2' }),
      aProduct({ id: '103', sku: 'SKU-3', sourceId: '9' }),
    );

    const [plain, stamping] = [await buildPlan(world, { signal }), await buildPlan(asked, { signal })];

    expect(plain).toMatchObject({ stamps: 0, counts: { planned: 2, ambiguous: 0 } });
    // 1 and its variant, the variant of 2; of 3 it is another's, so nothing of it is planned.
    expect(stamping).toMatchObject({ stamps: 3, counts: { planned: 1, ambiguous: 1 } });
    expect([...readPlanLines(stamping.file, ['ambiguous'])].map(({ root }) => root)).toEqual(['product:3']);
  });

  test('says what the policy for deletions would do to what the old shop no longer has', async () => {
    const world = await migrated();
    await world.facts.put(
      ['1', '8', '9'].map((id) => ({
        pair: 'acme',
        kind: 'link',
        id: `product:${id}`,
        value: { targetId: `10${id}`, by: 'import', at: NOW },
      })),
    );
    const done = { at: NOW, how: 'archive', targetId: '109', done: true, until: NOW } as const;
    await world.facts.put([{ pair: 'acme', kind: 'retired', id: 'product:9', value: done }]);
    world.target.put(aProduct({ id: '108', sku: 'SKU-8' }), aProduct({ id: '109', sku: 'SKU-9' }));
    const asked = { product: 'archive', order: 'keep', customer: 'keep' } as const;

    const kept = await buildPlan(world, { signal });
    const plan = await buildPlan({ ...world, settings: { ...world.settings, delete: asked } }, { signal });

    expect([kept.counts.retire, plan.counts.retire]).toEqual([0, 1]);
    expect([...readPlanLines(plan.file, ['retire'])]).toMatchObject([{ entity: 'product:8', reason: 'archive' }]);
  });

  test('of everything that is to be created is approved only once all of the new shop is linked or set aside', async () => {
    const create = { product: 'all', order: 'none', customer: 'none' } as const;
    const world = await migrated();
    const all = { ...world, settings: { ...world.settings, create } };
    world.source.put(aProduct({ id: '8', createdAt: BEFORE }));
    world.target.put(aProduct({ id: '900', sku: 'OTHER' }));

    const open = await buildPlan(all, { signal });

    expect(open).toMatchObject({ counts: { create: 1, unlinked: 0 }, openCensus: { product: 1 } });
    await expect(approvePlan(all, open, { by: 'anna' })).rejects.toMatchObject({ code: 'CENSUS_OPEN' });
    expect(await factsOf(world, 'link')).toEqual([]);

    await world.facts.put([
      { pair: 'acme', kind: 'ignored', id: 'target/product:900', value: { at: NOW, by: 'anna' } },
    ]);
    const closed = await buildPlan(all, { signal });
    expect(await approvePlan(all, closed, { by: 'anna' })).toMatchObject({ toCreate: 1, links: 6 });
  });

  test('leaves out what a person has set aside at the old shop, and what it would be linked to', async () => {
    const world = await migrated();
    await world.facts.put([{ pair: 'acme', kind: 'ignored', id: 'source/product:1', value: { at: NOW, by: 'anna' } }]);

    const plan = await buildPlan(world, { signal });

    expect(plan).toMatchObject({ counts: { planned: 1, inherited: 1 }, newLinks: 4, onlyOnTarget: 0 });
  });

  test('writes nothing', async () => {
    const world = await migrated();

    await buildPlan(world, { signal });

    expect(await factsOf(world, 'link')).toEqual([]);
    expect(await world.published()).toEqual([]);
  });

  test('names what was made since the migration and what nobody can find', async () => {
    const world = await migrated();
    world.source.put(aProduct({ id: '7', createdAt: AFTER }), aProduct({ id: '8', createdAt: BEFORE }));
    world.target.put(aProduct({ id: '900', sku: 'OTHER' }));

    const plan = await buildPlan(world, { signal });

    expect(plan).toMatchObject({ counts: { create: 1, unlinked: 1 }, createByRoot: { product: 1 }, onlyOnTarget: 1 });
  });

  test('calls a SKU that stands twice ambiguous instead of guessing', async () => {
    const world = await migrated();
    world.target.put(aProduct({ id: '104', sku: 'SKU-1' }));

    const plan = await buildPlan(world, { signal });

    expect([...readPlanLines(plan.file, ['ambiguous'])].map(({ root }) => root)).toEqual(['product:1']);
  });

  test('that was cut short leaves nothing behind once another is made', async () => {
    const world = await migrated();
    world.source.beforePage = (_root, page) => {
      if (page === 2) throw new Error('killed');
    };
    await expect(buildPlan(world, { signal })).rejects.toThrow('killed');
    world.source.beforePage = () => undefined;

    const plan = await buildPlan(world, { signal });

    expect(readdirSync(plansDir(world.reportsDir, 'acme'))).toEqual([`${plan.id}.sqlite`]);
  });

  test('can be handed on as a spreadsheet', async () => {
    const world = await migrated();
    const plan = await buildPlan(world, { signal });

    const lines = [...planCsv(readPlanLines(plan.file))];

    expect(lines[0]).toBe('\uFEFFwhat,entity,label,title,field,new shop now,old shop,why,old id\r\n');
    expect(lines[1]).toBe('will be written,variant,SKU-1,Product 1 blau M,variant.quantity,5,3,,v1\r\n');
    expect(lines).toHaveLength(4);
  });

  test('shows no personal value', async () => {
    const world = await migrated();
    world.source.put(aCustomer('5', 'Anna@Example.com', AFTER));
    world.target.put(aCustomer('50', 'anna@example.com'));

    const plan = await buildPlan(world, { signal });

    const lines = [...readPlanLines(plan.file)].filter(({ field }) => field === 'customer.email');
    expect(lines).toEqual([expect.objectContaining({ source: null, target: null, hidden: true, label: 'A…@E….com' })]);
  });
});

describe('an approval', () => {
  test('writes links, what is kept, who approved, and last the phase', async () => {
    const world = await migrated();
    const kinds: string[] = [];
    const facts: World['facts'] = {
      ...world.facts,
      put(writes) {
        kinds.push(...writes.map(({ kind }) => kind));
        return world.facts.put(writes);
      },
    };
    const plan = await buildPlan(world, { signal });

    const approved = await approvePlan({ ...world, facts }, plan, { by: 'anna' });

    expect(approved).toEqual({ links: 6, planned: 2, inherited: 1, toCreate: 0 });
    expect(kinds.at(-1)).toBe('phase');
    expect(await world.facts.get('acme', 'phase', 'phase')).toEqual({ phase: 'follow', at: NOW, by: 'anna' });
    expect(await world.facts.get('acme', 'approval', 'approval')).toMatchObject({
      by: 'anna',
      planned: 2,
      inherited: 1,
    });
    expect(await factsOf(world, 'inherited')).toEqual(['product:2']);
  });

  test('is followed by a comparison that repairs what is planned and keeps what is inherited', async () => {
    const world = await migrated();
    world.source.roots.delete('product:3');
    await approvePlan(world, await buildPlan(world, { signal }), { by: 'anna' });
    const journal = openJournalStore(':memory:', 'acme', world.log);
    const stop = await world.startApplier();

    const result = await createComparison({ ...world, journal }, { pollMs: 1 }).run({ repair: true, signal });

    expect(result).toMatchObject({ repaired: 1, left: 0, byCause: { inherited: 1, 'before-approval': 1 } });
    await stop();
    journal.close();
  });

  test('of a few fields keeps the others as they are', async () => {
    const world = await migrated();
    const plan = await buildPlan(world, { signal });

    const approved = await approvePlan(world, plan, { by: 'anna', only: new Set(['variant:v1/quantity']) });

    expect(approved).toMatchObject({ planned: 1, inherited: 2 });
    expect(await factsOf(world, 'inherited')).toEqual(['product:3', 'product:2']);
  });

  test('with what is inherited keeps nothing back', async () => {
    const world = await migrated();
    const plan = await buildPlan(world, { signal });

    expect(await approvePlan(world, plan, { by: 'anna', inherited: 'write' })).toMatchObject({
      planned: 3,
      inherited: 0,
    });
  });

  test('is refused when the config is another one by now', async () => {
    const world = await migrated();
    const plan = await buildPlan(world, { signal });
    const settings = { ...world.settings, configHash: 'other' };

    await expect(approvePlan({ ...world, settings }, plan, { by: 'anna' })).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
    });
    expect(await world.facts.get('acme', 'phase', 'phase')).toBeNull();
  });
});
