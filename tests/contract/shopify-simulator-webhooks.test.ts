import { describe, expect, test } from 'vitest';

import { TOPICS, topicsOf, toTopicEnum } from '#libs/connectors/shopify/shopify-topics.ts';
import { bare } from './shopify-harness.ts';
import { openShopWithReceiver, RECEIVER, seedTee, type Receiver } from './shopify-receiver.ts';
import type { Harness } from './shopify-simulator.harness.ts';

const EVERY = new Set(['product', 'order', 'customer'] as const);

async function subscribe({ send }: Harness, topics: readonly string[], thin = true): Promise<void> {
  for (const topic of topics) {
    const fields = thin ? (TOPICS[topic]?.fields ?? []) : [];
    const answer = await send('CreateWebhook', {
      topic: toTopicEnum(topic),
      webhookSubscription: { uri: RECEIVER, includeFields: fields },
    });
    expect(answer.at('data.webhookSubscriptionCreate.userErrors')).toEqual([]);
  }
}

function topicsGot({ got }: Receiver): readonly string[] {
  return got.map(({ headers }) => String(headers['x-shopify-topic']));
}

describe('the simulated Shopify shop tells of what its people do', () => {
  test('signed, thin, by the topics of each act, and every body is understood', async () => {
    await using shop = await openShopWithReceiver();
    const { sim } = shop;
    const { productId, variantIds } = seedTee(shop);
    await subscribe(shop, topicsOf(EVERY));
    const [variantId = ''] = variantIds;

    sim.setPrice(variantId, '12');
    sim.setAvailable(variantId, 3);
    const customerId = sim.createCustomer({ email: 'ada@example.com', firstName: 'Ada' });
    sim.setConsent(customerId, true);
    sim.setSmsConsent(customerId, true);
    const orderId = sim.placeOrder({ customerId, lines: [{ variantId, quantity: 1, price: '12' }] });
    await sim.deliverDue();
    sim.shipOrder(orderId, { parcels: [{ company: 'DHL', number: '0034' }] });
    sim.refundOrder(orderId, { amount: '2.00' });
    sim.deleteProduct(productId);
    sim.deleteCustomer(customerId);
    shop.clock.ms += 2_000;
    await sim.deliverDue();

    const reads = shop.reads();
    expect(new Set(reads.map(({ kind }) => kind))).toEqual(new Set(['news', 'child']));
    expect(new Set(topicsGot(shop))).toEqual(
      new Set([
        'products/update',
        'products/delete',
        'inventory_levels/update',
        'inventory_levels/disconnect',
        'customers/create',
        'customers/update',
        'customers/delete',
        'customers_email_marketing_consent/update',
        'customers_marketing_consent/update',
        'orders/create',
        'orders/updated',
        'order_transactions/create',
        'fulfillments/create',
        'refunds/create',
      ]),
    );
    const roots = new Set(reads.flatMap((read) => (read.kind === 'news' ? [read.rootId] : [])));
    expect(roots).toEqual(new Set([productId, customerId, orderId].map(bare)));
    expect(shop.got.map(({ body }) => body).join('\n')).not.toMatch(/ada@example|Ada/);
  });

  test('ids beyond 2^53 arrive with every digit', async () => {
    await using shop = await openShopWithReceiver({ firstId: 788_032_119_674_292_922n });
    const { productId, variantIds } = seedTee(shop);
    await subscribe(shop, ['products/update'], false);

    shop.sim.setPrice(variantIds[0] ?? '', '11');
    await shop.sim.deliverDue();

    expect(Number.isSafeInteger(Number(bare(productId)))).toBe(false);
    expect(shop.reads()).toMatchObject([{ kind: 'news', rootId: bare(productId) }]);
    expect(shop.got[0]?.body).toContain(`"id":${bare(variantIds[0] ?? '')},`);
  });

  test('a hold is told to nobody, and moves no clock', async () => {
    await using shop = await openShopWithReceiver();
    const orderId = shop.sim.seedOrder({ lines: [{ title: 'Tee', quantity: 1, price: '10' }] });
    await subscribe(shop, topicsOf(EVERY));
    shop.clock.ms += 60_000;
    const before = shop.sim.state().orders[0]?.updatedAt;

    shop.sim.holdOrder(orderId);
    await shop.sim.deliverDue();

    expect(shop.got).toEqual([]);
    expect(shop.sim.state().orders[0]).toMatchObject({ displayFulfillmentStatus: 'ON_HOLD', updatedAt: before });
  });

  test('a burst is one body, and bodies that are alike within a second are sent once', async () => {
    await using shop = await openShopWithReceiver();
    const { productId } = seedTee(shop);
    await subscribe(shop, ['products/update']);

    for (const title of ['A', 'B', 'C']) shop.sim.editTexts(productId, { title });
    await shop.sim.deliverDue();
    shop.sim.editTexts(productId, { descriptionHtml: '<p>D</p>' });
    await shop.sim.deliverDue();
    shop.clock.ms += 1_001;
    shop.sim.editTexts(productId, { descriptionHtml: '<p>E</p>' });
    await shop.sim.deliverDue();

    expect(shop.got).toHaveLength(2);
    expect(shop.sim.ledger.deliveries.map(({ outcome }) => outcome)).toEqual(['delivered', 'lost', 'delivered']);
  });

  test('what an app changes within one second is told each time, though the time is the same', async () => {
    await using shop = await openShopWithReceiver();
    const { variantIds } = shop.sim.seedProduct({
      title: 'Tee',
      options: ['Size'],
      variants: ['S', 'M', 'L'].map((size) => ({ sku: size, price: '10', optionValues: [size] })),
    });
    await subscribe(shop, topicsOf(EVERY));

    for (const variantId of variantIds) {
      shop.sim.setPrice(variantId, '12');
      await shop.sim.deliverDue();
    }

    expect(topicsGot(shop)).toEqual(['products/update', 'products/update', 'products/update']);
    expect(new Set(shop.reads().map((read) => 'changedAt' in read && read.changedAt)).size).toBe(1);
  });

  test('can be lost, doubled, and held back behind a later one', async () => {
    await using shop = await openShopWithReceiver();
    const { productId } = seedTee(shop);
    await subscribe(shop, ['products/update']);
    const fates = ['lose', 'double', { delayMs: 5_000 }, 'deliver'] as const;
    for (const fate of fates) {
      shop.sim.setDeliveryPolicy(() => fate);
      shop.clock.ms += 2_000;
      shop.sim.editTexts(productId, { title: JSON.stringify(fate) });
      await shop.sim.deliverDue();
    }
    expect(shop.sim.outstandingDeliveries()).toBe(1);
    shop.clock.ms += 5_000;
    await shop.sim.deliverDue();

    expect(shop.got).toHaveLength(4);
    expect(new Set(shop.got.slice(0, 2).map(({ headers }) => headers['x-shopify-webhook-id'])).size).toBe(1);
    expect(shop.sim.ledger.deliveries.map(({ outcome, reordered }) => [outcome, reordered ?? false])).toEqual([
      ['lost', false],
      ['doubled', false],
      ['delivered', false],
      ['delivered', true],
    ]);
  });
});

describe('the simulated Shopify shop tries again', () => {
  const MINUTE = 60_000;

  test('with the body and id of the first time, until it is answered', async () => {
    await using shop = await openShopWithReceiver();
    const { productId } = seedTee(shop);
    await subscribe(shop, ['products/update'], false);
    shop.answer = 503;
    shop.sim.editTexts(productId, { title: 'First' });
    await shop.sim.deliverDue();
    expect(shop.sim.retryingDeliveries()).toBe(1);

    shop.sim.setDeliveryPolicy(() => 'lose');
    shop.sim.editTexts(productId, { title: 'Second' });
    shop.answer = 200;
    shop.clock.ms += 2 * MINUTE;
    await shop.sim.deliverDue();

    const [first, again] = shop.got;
    expect(again?.body).toBe(first?.body);
    expect(again?.body).toContain('First');
    expect(again?.headers['x-shopify-webhook-id']).toBe(first?.headers['x-shopify-webhook-id']);
    expect(shop.sim.retryingDeliveries()).toBe(0);
  });

  test('eight times in four hours, then the subscription is gone', async () => {
    await using shop = await openShopWithReceiver();
    const { productId } = seedTee(shop);
    await subscribe(shop, ['products/update']);
    // A redirect is no answer.
    shop.answer = 302;
    shop.sim.editTexts(productId, { title: 'New' });
    const begun = shop.clock.ms;
    await shop.sim.deliverDue();
    while (shop.sim.retryingDeliveries() > 0) {
      shop.clock.ms += MINUTE;
      await shop.sim.deliverDue();
    }

    expect(shop.got).toHaveLength(9);
    expect(shop.clock.ms - begun).toBeGreaterThan(230 * MINUTE);
    expect(shop.clock.ms - begun).toBeLessThan(250 * MINUTE);
    expect(shop.sim.state().webhooks).toEqual([]);
    expect(shop.sim.ledger.deliveries).toMatchObject([{ outcome: 'failed', status: 302 }]);
    shop.answer = 200;
    shop.sim.editTexts(productId, { title: 'Unheard' });
    await shop.sim.deliverDue();
    expect(shop.got).toHaveLength(9);
  });

  test('a filter on a field that a body does not have lets nothing through', async () => {
    await using shop = await openShopWithReceiver();
    const { productId } = seedTee(shop);
    for (const [topic, filter] of [
      ['PRODUCTS_UPDATE', 'status:active'],
      ['PRODUCTS_DELETE', 'no_such_field:1'],
    ])
      await shop.send('CreateWebhook', { topic, webhookSubscription: { uri: RECEIVER, filter } });

    shop.sim.editTexts(productId, { title: 'New' });
    await shop.sim.deliverDue();
    shop.sim.deleteProduct(productId);
    await shop.sim.deliverDue();

    expect(topicsGot(shop)).toEqual(['products/update']);
  });
});
