import { expect, test } from 'vitest';

import type { FieldName } from '#libs/fields/field-names.ts';
import type { Order, OrderState } from '#libs/model/order.ts';
import { anOrder, aStoredOrder } from '#tests/builders/entities.ts';
import { approvePlan } from '../../../services/reconciler/approve-plan.ts';
import { buildPlan, readPlanLines, type StorePlan } from '../../../services/reconciler/build-plan.ts';
import { aWorld, type World } from './world.ts';

const { signal } = new AbortController();
const PAID: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const PARCEL = { number: '00340', carrier: 'DHL', url: null, shippedAt: null };
const BEFORE = '2026-10-01T00:00:00Z';
const AFTER = '2026-11-20T00:00:00Z';

type Side = { readonly state: OrderState } & Partial<Pick<Order, 'tracking'>>;

/** One order on both sides under the same number. */
async function aPlanOf(source: Side, target: Side, changedAt: string): Promise<{ world: World; plan: StorePlan }> {
  const world = await aWorld({ settings: { selection: new Set<FieldName>(['order.status', 'order.tracking']) } });
  const order = ({ state, ...rest }: Side) =>
    anOrder({ number: '242', status: { word: 'processing', state }, ...rest });
  world.source.put(aStoredOrder({ id: '7', createdAt: BEFORE, changedAt, order: order(source) }));
  world.target.put(aStoredOrder({ id: '107', createdAt: BEFORE, changedAt: BEFORE, order: order(target) }));
  return { world, plan: await buildPlan(world, { signal }) };
}

test('an order that no transition leads to counts once, as withheld, and with its reason', async () => {
  const shipped = { ...PAID, fulfilment: 'fulfilled' as const };
  const { world, plan } = await aPlanOf(
    { state: shipped, tracking: [PARCEL] },
    { state: { ...PAID, cancelled: true } },
    AFTER,
  );

  const approved = await approvePlan(world, plan, { by: 'anna' });

  expect(plan.counts).toMatchObject({ planned: 0, inherited: 0, withheld: 1 });
  expect(plan.plannedByField).toEqual({});
  expect([...readPlanLines(plan.file)]).toMatchObject([
    {
      kind: 'withheld',
      label: '#242',
      field: null,
      reason: expect.stringContaining('cancelled at the target') as string,
    },
  ]);
  expect(approved).toMatchObject({ planned: 0, inherited: 0 });
});

test('where it is kept as it was since the migration, nothing stands in anybody’s way', async () => {
  const { world, plan } = await aPlanOf({ state: PAID }, { state: { ...PAID, cancelled: true } }, BEFORE);

  const approved = await approvePlan(world, plan, { by: 'anna' });

  expect(plan.counts).toMatchObject({ planned: 0, inherited: 1, withheld: 0 });
  expect(approved).toMatchObject({ planned: 0, inherited: 1 });
});

test('a tracking number that waits for the shipment is withheld, and the rest is written', async () => {
  const { plan } = await aPlanOf(
    { state: PAID, tracking: [PARCEL] },
    { state: { ...PAID, payment: 'pending' } },
    AFTER,
  );

  expect(plan.counts).toMatchObject({ planned: 1, withheld: 1 });
  expect([...readPlanLines(plan.file, ['withheld'])]).toMatchObject([
    { field: 'order.tracking', reason: expect.stringContaining('not shipped at the target') as string },
  ]);
});
