import { describe, expect, test } from 'vitest';

import { FIELD_NAMES, type FieldName } from '#libs/fields/field-names.ts';
import { CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

const URL = 'https://sync.example.com/webhooks/acme';

function subscribe({ connector }: Harness, topic: string) {
  return connector.createSubscription({ topic, url: URL, secret: 'not used' }, WRITE);
}

/** What somebody else, or an older version, has left behind. */
async function leave(harness: Harness, topic: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${harness.url}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': 'shpat_test' },
    body: JSON.stringify({
      query:
        'mutation($topic: WebhookSubscriptionTopic!, $input: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: $input) { webhookSubscription { id } userErrors { message } } }',
      variables: { topic, input: { uri: URL, ...input } },
    }),
  });
  expect(await answer.json()).toMatchObject({ data: { webhookSubscriptionCreate: { userErrors: [] } } });
}

describe('webhook subscriptions of a Shopify shop', () => {
  test('every topic that is wanted can be subscribed to, and is listed by its own name', async () => {
    await using harness = await openShopify();
    const wanted = harness.connector.topicsFor(new Set(FIELD_NAMES), []);

    for (const topic of wanted) await subscribe(harness, topic);

    const listed = await harness.connector.listSubscriptions(CALL);
    expect(listed.map(({ topic }) => topic).toSorted()).toEqual([...wanted].toSorted());
    expect(
      listed.every(({ url, status, unsound }) => url === URL && status === 'active' && unsound === undefined),
    ).toBe(true);
  });

  test('bodies of orders and customers carry nothing about people', async () => {
    await using harness = await openShopify();

    for (const topic of ['orders/updated', 'customers/update', 'fulfillments/create', 'products/update'])
      await subscribe(harness, topic);

    for (const { includeFields } of harness.simulator.state().webhooks) {
      expect(includeFields).toContain('id');
      expect(includeFields).toContain('updated_at');
      expect(includeFields.filter((field) => /email|phone|address|customer|note|name/.test(field))).toEqual([]);
    }
  });

  test('more than one page of them', async () => {
    await using harness = await openShopify();
    for (let index = 0; index < 260; index++)
      await harness.connector.createSubscription(
        { topic: 'products/update', url: `${URL}${index}`, secret: '' },
        WRITE,
      );

    expect(await harness.connector.listSubscriptions(CALL)).toHaveLength(260);
  });

  test.each([
    ['PRODUCTS_UPDATE', { filter: 'status:active' }, /filter/],
    ['PRODUCTS_UPDATE', { includeFields: ['id', 'title'] }, /"updated_at"/],
    ['FULFILLMENTS_CREATE', { includeFields: ['id', 'updated_at'] }, /"order_id"/],
    ['ORDERS_UPDATED', { format: 'XML' }, /XML/],
  ])('one of %s with %o is unsound, and is put right in place', async (topic, input, why) => {
    await using harness = await openShopify();
    await leave(harness, topic, input);
    const [before] = await harness.connector.listSubscriptions(CALL);

    const after = await subscribe(harness, before?.topic ?? '');

    expect(before?.unsound).toMatch(why);
    expect(after).toMatchObject({ id: before?.id, topic: before?.topic });
    expect((await harness.connector.listSubscriptions(CALL)).map(({ unsound }) => unsound)).toEqual([undefined]);
  });

  test('a second removal is no error, and a refused address is told in the shop’s words', async () => {
    await using harness = await openShopify();
    const { id } = await subscribe(harness, 'orders/updated');

    await harness.connector.deleteSubscription(id, WRITE);
    await harness.connector.deleteSubscription(id, WRITE);

    expect(await harness.connector.listSubscriptions(CALL)).toEqual([]);
    await expect(
      harness.connector.createSubscription({ topic: 'orders/updated', url: 'http://plain.example', secret: '' }, WRITE),
    ).rejects.toMatchObject({ code: 'STORE_REFUSED', message: expect.stringMatching(/http:\/\//) as string });
  });

  test('topics are those of what is carried', async () => {
    await using harness = await openShopify();
    const topics = (fields: readonly FieldName[]) => harness.connector.topicsFor(new Set(fields), []);

    expect(topics(['variant.quantity'])).toContain('inventory_levels/update');
    expect(topics(['variant.quantity']).filter((topic) => topic.startsWith('orders/'))).toEqual([]);
    expect(topics(['order.status'])).toEqual(
      expect.arrayContaining(['orders/updated', 'refunds/create', 'order_transactions/create', 'fulfillments/update']),
    );
    expect(harness.connector.topicsFor(new Set(), ['customer'])).toContain('customers_email_marketing_consent/update');
  });
});
