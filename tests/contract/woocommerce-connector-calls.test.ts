import { describe, expect, test } from 'vitest';

import { NotSent } from '#libs/connectors/http.ts';
import { openShop, call, reading, seedProducts, write } from './woocommerce-connector-harness.ts';

const selection = new Set(['variant.quantity', 'order.status', 'customer.email'] as const);

describe('how the key is shown', () => {
  test.each([
    ['header', {}],
    ['query', { auth: 'query' }],
    ['oauth1', { auth: 'oauth1', headers: {} }],
    ['what the address asks for', { auth: undefined, headers: {} }],
  ])('by %s', async (_name, config) => {
    const open = await openShop();
    const ids = seedProducts(open, 2);
    const connector = open.connect(config);

    const roots = await connector.readRoots(
      'product',
      ids.map((id) => ({ id })),
      reading('variant.quantity'),
    );

    expect(roots.map((root) => root?.id)).toEqual(ids);
  });

  test.each([
    ['a wrong secret', { consumerSecret: 'cs_2' }],
    ['an unknown key', { consumerKey: 'ck_2' }],
    ['a wrong secret by OAuth', { consumerSecret: 'cs_2', auth: 'oauth1', headers: {} }],
    ['a key in the header over plain http', { headers: {} }],
  ])('%s is not let in', async (_name, config) => {
    const { connect } = await openShop();

    await expect(connect(config).probe(call)).rejects.toMatchObject({ code: 'STORE_UNAUTHORISED', status: 401 });
  });
});

describe('what fails, and how', () => {
  test('too many calls: the budget is told to rest as long as the shop says', async () => {
    const { shop, connector, backOffs } = await openShop();
    shop.faults.plant({ kind: 'any', effect: { type: 'throttle', retryAfterSeconds: 7 }, times: 1 });

    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_RATE_LIMITED', retryAfterMs: 7000 });

    expect(backOffs).toEqual([7000]);
    await expect(connector.probe(call)).resolves.toBeUndefined();
  });

  test('maintenance says how long it takes', async () => {
    const { shop, connector } = await openShop();
    shop.setCondition('maintenance');

    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_FAILED', retryAfterMs: 600_000 });
  });

  test('a broken plugin', async () => {
    const { shop, connector } = await openShop();
    shop.setCondition('fatal');

    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_FAILED', status: 500 });
  });

  test.each([
    [200, '<html><body>Log in</body></html>'],
    [200, '{"hello":"world"}'],
    [403, '<html><body>Blocked</body></html>'],
    [404, '<html><body>Not here</body></html>'],
    [302, ''],
  ])('status %i with %j is not the shop that answers', async (status, body) => {
    const { shop, connector } = await openShop();
    shop.faults.plant({ kind: 'any', effect: { type: 'status', status, body } });

    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_ANSWER_FOREIGN' });
  });

  test('an answer that ends before its JSON does is silence, which ends by itself', async () => {
    const { shop, connector } = await openShop();
    shop.faults.plant({ kind: 'any', effect: { type: 'status', status: 200, body: '' } });

    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_SILENT' });
  });

  test('a page in the place of one entity is never taken for its absence', async () => {
    const open = await openShop();
    const [id = ''] = seedProducts(open, 1);
    open.shop.faults.plant({ kind: 'any', effect: { type: 'status', status: 404, body: '<html></html>' } });

    await expect(open.connector.readRoots('product', [{ id }], reading())).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
    });
  });

  test('a call that was taken and not answered is silence; one that found nobody was not sent', async () => {
    const { shop, connector } = await openShop();
    shop.faults.plant({ kind: 'any', effect: { type: 'lost-answer', landsAfterMs: null }, times: 1 });

    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_SILENT' });
    await shop.stop();
    await expect(connector.probe(call)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });

  test('an aborted call ends with the reason', async () => {
    const { connector } = await openShop();

    await expect(
      connector.probe({ ...call, signal: AbortSignal.abort(new Error('the process ends')) }),
    ).rejects.toThrow('the process ends');
  });
});

describe('subscriptions', () => {
  test('are registered, listed and removed', async () => {
    const { connector } = await openShop();
    const url = 'http://127.0.0.1:1/webhooks/acme';

    const made = await connector.createSubscription({ topic: 'product.updated', url, secret: 'letters' }, write);
    const listed = await connector.listSubscriptions(call);
    await connector.deleteSubscription(made.id, write);

    expect(made).toMatchObject({ topic: 'product.updated', url, status: 'active' });
    expect(listed).toEqual([made]);
    expect(await connector.listSubscriptions(call)).toEqual([]);
  });

  test('are not touched where sending is not allowed any more', async () => {
    const { connector, shop } = await openShop();
    const subscription = { topic: 'product.updated', url: 'http://127.0.0.1:1/', secret: 'letters' };

    await expect(connector.createSubscription(subscription, { ...write, maySend: () => false })).rejects.toBeInstanceOf(
      NotSent,
    );

    expect(shop.state().webhooks).toEqual([]);
  });

  test('are wanted for what is selected and what is created, and never for what does not fire', async () => {
    const { connector } = await openShop();

    expect(connector.topicsFor(new Set(['variant.quantity']), [])).toEqual([
      'product.created',
      'product.updated',
      'product.deleted',
      'product.restored',
    ]);
    expect(connector.topicsFor(new Set(['order.status']), ['customer'])).toEqual([
      'order.created',
      'order.updated',
      'order.deleted',
      'order.restored',
      'customer.created',
      'customer.updated',
      'customer.deleted',
    ]);
  });
});

describe('what the shop says about itself', () => {
  test('identify() names the shop by its id and its home, not by where it was asked', async () => {
    const { connector, shop } = await openShop({ pricesIncludeTax: true });

    const identity = await connector.identify(call);
    shop.setIdentity({ siteUrl: 'https://staging.example.com' });
    const copy = await connector.identify(call);

    expect(identity).toEqual({
      id: '5b1cde0e-5b0e-4f0a-9a57-6a3f2b0c9d11@source.example.com',
      name: 'https://source.example.com',
      version: '10.2.4',
      currency: 'EUR',
      taxesIncluded: true,
    });
    expect(copy.id).not.toBe(identity.id);
  });

  test('count() counts roots alone', async () => {
    const open = await openShop();
    seedProducts(open, 3);
    open.shop.people.createVariableProduct(
      { name: 'Shirt', attributes: [{ name: 'Size', variation: true, options: ['S'] }] },
      [{ options: { Size: 'S' }, regular_price: '5.00' }],
    );

    expect(await open.connector.count('product', call)).toBe(4);
    expect(await open.connector.count('order', call)).toBe(0);
  });

  test('weights are read in the shop’s unit', async () => {
    const open = await openShop({ weightUnit: 'lbs' });
    const { id } = open.shop.people.createProduct({ name: 'Pan', weight: '2' });

    const [root] = await open.connector.readRoots('product', [{ id: String(id) }], reading('variant.weight'));

    expect(root).toMatchObject({ variants: [{ variant: { weight: { grams: 907.185 } } }] });
  });
});

describe('check()', () => {
  test('finds nothing wrong with a shop that is set up', async () => {
    const { connector } = await openShop();

    const findings = await connector.check('source', selection, call);

    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(findings.map(({ topic }) => topic).toSorted()).toEqual(
      [...new Set(findings.map(({ topic }) => topic))].toSorted(),
    );
    expect(findings).toContainEqual(expect.objectContaining({ message: 'Prices are in EUR, without tax' }));
  });

  test.each([
    ['a wrong key', { consumerSecret: 'cs_2' }, 'scopes'],
    ['another address', { url: 'http://127.0.0.1:1' }, 'reachable'],
  ])('says what to do about %s', async (_name, config, topic) => {
    const { connect } = await openShop();

    const findings = await connect(config).check('source', selection, call);

    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'problem', topic, remedy: expect.stringMatching(/\w/) }),
    );
  });

  test('refuses a field that WooCommerce does not say, and a target whose mails are on', async () => {
    const { connector } = await openShop();

    const source = await connector.check('source', new Set(['customer.marketingConsent']), call);
    const target = await connector.check('target', selection, call);

    expect(source).toContainEqual(expect.objectContaining({ level: 'problem', topic: 'fields' }));
    expect(target).toContainEqual(expect.objectContaining({ level: 'problem', topic: 'silence' }));
  });
});

test('no call of a source writes anything', async () => {
  const open = await openShop();
  const ids = seedProducts(open, 3);
  await open.connector.check('source', selection, call);
  await open.connector.readRoots(
    'product',
    ids.map((id) => ({ id })),
    reading('variant.quantity'),
  );
  await open.connector.identify(call);

  expect(open.shop.ledger.calls.filter(({ kind }) => kind === 'write')).toEqual([]);
  expect(open.shop.ledger.entries.filter(({ actor }) => actor === 'api')).toEqual([]);
});

describe('check() names who answered in the shop’s place, and what to change', () => {
  test.each([
    [200, '<html><form name="loginform"></form></html>', 'a login page answered', /private/],
    [503, '<html><title>Maintenance</title></html>', '503 from a maintenance page', /maintenance/],
    [403, '<html>Wordfence</html>', 'a firewall (Wordfence)', /`headers`/],
    [404, '<html>Not here</html>', 'a page of the site', /Permalinks/],
  ])('%i with %s', async (status, body, who, remedy) => {
    const { shop, connector } = await openShop();
    shop.faults.plant({ kind: 'any', effect: { type: 'status', status, body } });

    const findings = await connector.check('source', selection, call);

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems).toMatchObject([{ topic: 'reachable' }]);
    expect(problems[0]?.message).toContain(who);
    expect(problems[0]?.remedy).toMatch(remedy);
  });
});

describe('check() of a key that the shop does not take', () => {
  test('names the way by which it does', async () => {
    const { connect } = await openShop();

    // Behind a proxy that ends TLS and says nothing of it, WordPress believes to be asked over plain http.
    const findings = await connect({ headers: {} }).check('source', selection, call);

    expect(findings).toContainEqual({
      level: 'problem',
      topic: 'auth',
      message: expect.stringContaining('cannot list') as unknown,
      remedy: 'Write auth: oauth1; shown that way the shop takes this key',
    });
  });

  test('never shows it in the clear over plain http', async () => {
    const { connect, asked } = await openShop();

    const findings = await connect({ auth: 'oauth1', headers: {}, consumerSecret: 'cs_2' }).check(
      'source',
      selection,
      call,
    );

    expect(findings).toContainEqual(expect.objectContaining({ level: 'problem', topic: 'scopes' }));
    expect(asked.filter((path) => path.includes('consumer_secret='))).toEqual([]);
  });
});
