import { describe, expect, onTestFinished, test } from 'vitest';

import type { FieldName } from '#libs/fields/field-names.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { aStoredCustomer, anOrder } from '#tests/builders/entities.ts';
import { openShopify, CALL } from '../contract/shopify-harness.ts';
import { call, openShop } from '../contract/woocommerce-connector-harness.ts';
import {
  deliver,
  fakeLog,
  recordedDelivery,
  SECRET,
  signedDelivery,
  startIngest,
  tempFolder,
} from '../unit/ingest/ingest-harness.ts';
import { changeOrder, newsOf, openTestPair, type TestPair } from './harness.ts';
import { oldOrder } from './shelf.ts';

const PEOPLE =
  /anna@example\.com|Annabella|Holmgren|555 0199|Secret Lane|Leave it at the back door|Called about her parcel/;
const CUSTOMER = aStoredCustomer({
  customer: {
    email: 'anna@example.com',
    name: { first: 'Annabella', last: 'Holmgren' },
    phone: '+49 555 0199',
    addresses: [],
    marketingConsent: true,
  },
});

async function startFresh() {
  const { path, remove } = await tempFolder();
  onTestFinished(remove);
  const fake = fakeLog();
  const started = await startIngest(path, fake);
  onTestFinished(started.ingest.stop);
  return { fake, ...started, url: started.ingest.url };
}

/** All that a pair left behind: log, facts, journal, lines. */
async function traces(pair: TestPair): Promise<string> {
  const facts: unknown[] = [];
  const read = async () => {
    for await (const fact of pair.log.readFacts()) facts.push(fact);
  };
  await pair.soon(read());
  const news = await pair.soon(pair.log.readNews('acme', 0, 0, 1_000));
  return JSON.stringify([facts, await pair.records(), news, pair.said]);
}

describe('law 12: forged webhooks', () => {
  test('are refused whichever byte of a recorded one is changed', async () => {
    const { fake, url } = await startFresh();
    const { headers, body } = await recordedDelivery('x15-customer-put-1-customer-updated');

    const statuses: number[] = [];
    for (const at of [0, Math.floor(body.length / 2), body.length - 1]) {
      const forged = Buffer.from(body);
      forged[at] = (forged[at] ?? 0) ^ 1;
      statuses.push(await deliver(url, { headers, body: forged }));
    }
    for (const signature of ['AAAA', '']) {
      const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'x-wc-webhook-signature');
      const signed = { ...Object.fromEntries(others), 'x-wc-webhook-signature': signature };
      statuses.push(await deliver(url, { headers: signed, body }));
    }

    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    expect([fake.news, fake.facts]).toEqual([[], []]);
  });
});

describe('law 12: people’s data', () => {
  test('of a webhook lies neither on the log, nor in facts, nor in log lines', async () => {
    const { fake, url, lines } = await startFresh();
    const recorded = await recordedDelivery('x15-customer-put-1-customer-updated');
    const { email } = JSON.parse(recorded.body.toString('utf8')) as { email: string };

    await deliver(url, recorded);
    await deliver(url, signedDelivery(JSON.stringify({ nonsense: 'anna@example.com' }), 'order.updated'));

    const traced = JSON.stringify([fake.news, fake.facts, lines]);
    expect(fake.news).toHaveLength(1);
    expect(traced).not.toContain(email);
    expect(traced).not.toContain('anna@');
    expect(traced).not.toContain(SECRET);
  });

  test('of a customer and an order that are synced and made are keyed fingerprints wherever they are kept', async () => {
    const selection = new Set<FieldName>([
      'customer.email',
      'customer.name',
      'customer.phone',
      'order.note',
      'order.history',
      'order.status',
    ]);
    const pair = await openTestPair({ settings: { selection } });
    pair.source.put({ ...CUSTOMER, id: '5' });
    pair.target.put(
      aStoredCustomer({ id: '105', customer: { ...CUSTOMER.customer, phone: null, name: { first: 'A', last: 'H' } } }),
    );
    const history = [{ id: 'n1', at: '2026-11-23T08:00:00Z', text: 'Called about her parcel', forCustomer: false }];
    pair.source.put(oldOrder('7', '1001', { email: 'anna@example.com', note: 'Leave it at the back door', history }));
    pair.target.put(oldOrder('107', '1001', { email: 'anna@example.com' }));
    pair.source.put({
      ...CUSTOMER,
      id: '6',
      createdAt: '2026-11-20T08:00:00Z',
      customer: { ...CUSTOMER.customer, email: 'eve-anna@example.com' },
    });
    await pair.start();

    await pair.hear(newsOf('customer', '5'), newsOf('customer', '6'), newsOf('order', '7'));

    expect(pair.target.get('customer', '105')).toMatchObject({ customer: CUSTOMER.customer });
    expect(pair.target.list('customer')).toHaveLength(2);
    const kept = await traces(pair);
    expect(kept).toContain('customer.phone');
    expect(kept).not.toMatch(PEOPLE);
  });

  test('of an order that is parked stand in no message', async () => {
    const pair = await openTestPair();
    const order = anOrder({ number: '1001', email: 'anna@example.com' });
    pair.source.put(changeOrder(oldOrder('7', '1001'), { ...order, status: { word: 'odd', state: null } }));
    pair.target.put(changeOrder(oldOrder('107', '1001'), order));
    pair.target.put({ ...aStoredCustomer({ id: '105' }), customer: CUSTOMER.customer });
    pair.target.put({ ...aStoredCustomer({ id: '106' }), customer: CUSTOMER.customer });
    pair.source.put({ ...CUSTOMER, id: '5' });
    await pair.start();

    await pair.hear(newsOf('order', '7'), newsOf('customer', '5'));

    expect(await pair.soon(pair.facts.count('acme', 'parked'))).toBe(2);
    expect(await traces(pair)).not.toMatch(PEOPLE);
  });

  test('a fingerprint tells nothing to whoever lacks the key', () => {
    const [ours, theirs] = [createFingerprint(Buffer.from('ours')), createFingerprint(Buffer.from('theirs'))];

    expect(ours('anna@example.com')).not.toBe(theirs('anna@example.com'));
    expect(ours({ b: 1, a: 'x' })).toBe(ours({ a: 'x', b: 1 }));
    expect(ours('anna@example.com')).not.toContain('anna');
  });
});

describe('law 12: secrets', () => {
  test('of a WooCommerce shop stand in no error, however it fails', async () => {
    const open = await openShop();
    const errors: unknown[] = [];
    for (const config of [
      { consumerSecret: 'cs_very_secret' },
      { auth: 'query', consumerSecret: 'cs_very_secret' },
      { url: 'http://127.0.0.1:1', consumerSecret: 'cs_very_secret', auth: 'query' },
    ])
      await open
        .connect(config)
        .identify(call)
        .catch((error: unknown) => errors.push(error));

    expect(errors).toHaveLength(3);
    expect(errors.map(everything).join('\n')).not.toMatch(/cs_very_secret|ck_1/);
  });

  test('of a Shopify shop stand in no error', async () => {
    await using shop = await openShopify();
    shop.simulator.revokeTokens();

    const error: unknown = await shop.connector.probe(CALL).catch((cause: unknown) => cause);

    expect(error).toBeInstanceOf(Error);
    expect(everything(error)).not.toContain('shpat_test');
  });
});

/** An error with all that hangs on it. */
function everything(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  return [error.message, error.stack ?? '', JSON.stringify(error), everything(error.cause)].join('\n');
}
