import { expect, test } from 'vitest';

import { createSweep } from '../../services/reconciler/sweep.ts';
import { mendSubscriptions } from '../../services/reconciler/watch-subscriptions.ts';
import { aWorld } from '../unit/reconciler/world.ts';
import { bare, CALL, openShopify, WRITE } from './shopify-harness.ts';

const PLACE = { url: 'https://sync.example.com/webhooks/acme', secret: 'not chosen here' };
const HOUR = 3_600_000;

/** Nobody listens at this port. */
const NOWHERE = 'http://127.0.0.1:1/';

test('after an outage that cost a Shopify source its subscriptions they are made again, and what was missed is found', async () => {
  const clock = { at: Date.parse('2026-11-20T10:00:00Z') };
  await using harness = await openShopify({ role: 'source', now: () => clock.at, tunnel: () => NOWHERE });
  const { simulator, connector } = harness;
  const world = await aWorld();
  const deps = { ...world, source: connector };
  const { signal } = CALL;
  await world.facts.put([
    { pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'follow', at: clock.at, by: 'anna' } },
    {
      pair: 'acme',
      kind: 'cursor',
      id: 'product',
      value: { at: new Date(clock.at).toISOString(), id: null, sweptAt: clock.at },
    },
  ]);
  const { productId, variantIds } = simulator.seedProduct({
    title: 'Tee',
    variants: [{ sku: 'A', price: '10', quantity: 5 }],
  });
  const wanted = connector.topicsFor(world.settings.selection, []);
  for (const topic of wanted) await connector.createSubscription({ topic, ...PLACE }, WRITE);
  expect(await mendSubscriptions(deps, PLACE, signal)).toBe(0);

  clock.at += HOUR;
  simulator.setPrice(variantIds[0] ?? '', '12');
  for (const end = clock.at + 5 * HOUR; clock.at < end; clock.at += HOUR / 12) await simulator.deliverDue();

  const left = await connector.listSubscriptions(CALL);
  expect(wanted.filter((topic) => !left.some((one) => one.topic === topic))).toEqual(['products/update']);
  expect(await mendSubscriptions(deps, PLACE, signal)).toBe(1);
  expect((await connector.listSubscriptions(CALL)).map(({ topic }) => topic).toSorted()).toEqual(
    [...wanted].toSorted(),
  );
  expect(await createSweep(deps).run(signal, ['product'])).toMatchObject({ published: 1 });
  expect((await world.published()).map(({ news }) => news)).toMatchObject([
    { root: 'product', rootId: bare(productId) },
  ]);
});
