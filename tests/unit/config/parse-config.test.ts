import { describe, expect, test } from 'vitest';

import { ConfigError } from '#libs/runtime/config/mistake.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { ENV, fakePlatforms, GOOD } from './fake-platforms.ts';

const MAIN = 'lockstep.config.yaml';

function parse(
  text: string,
  env: Record<string, string> = ENV,
  pairs: Record<string, string> = {},
): Promise<LoadedConfig> {
  const files = Object.entries(pairs).map(([name, body]) => ({ name, file: `pairs/${name}.yaml`, text: body }));
  return parseConfig({ main: { file: MAIN, text }, pairs: files }, { folder: '/shop', env, platforms: fakePlatforms });
}

async function mistakesOf(text: string, env: Record<string, string> = ENV, pairs: Record<string, string> = {}) {
  try {
    await parse(text, env, pairs);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The config was accepted');
}

describe('a good config', () => {
  test('becomes settings with every wait in milliseconds', async () => {
    const config = await parse(GOOD);

    const pair = config.pairs[0];
    expect(pair?.settings).toMatchObject({
      name: 'acme',
      migratedAt: Date.UTC(2026, 10, 2, 8),
      openOrders: 'hold',
      create: { product: 'new', order: 'new', customer: 'none' },
      reconcile: { cron: '0 2 * * *', timezone: 'Europe/Berlin', sweepEveryMs: 300_000, repair: true },
    });
    expect([...(pair?.settings.selection ?? [])]).toEqual([
      'variant.quantity',
      'variant.stockStatus',
      'order.status',
      'order.tracking',
      'order.history',
    ]);
    expect(config.timing).toMatchObject({ publishMs: 500, retriesMs: [1_000, 2_000, 3_000], lateAfterMs: 900_000 });
    expect(config).toMatchObject({ dataDir: '/shop/.lockstep', reportsDir: '/shop/.lockstep/reports' });
    expect(config.ingest.publicUrl).toBe('https://sync.example.com');
    expect(config.landingOverrideMs).toBeNull();
  });

  test('gets its secrets from the environment, and names them for the log to leave out', async () => {
    const config = await parse(GOOD);

    expect(config.pairs[0]?.source.config).toMatchObject({ consumerKey: ENV.WOO_KEY, webhookSecrets: [ENV.WOO_HOOK] });
    expect(config.secrets.toSorted()).toEqual(Object.values(ENV).toSorted());
  });

  test('keeps the steps of a transform in the order written', async () => {
    const config = await parse(GOOD.replace('{ subtract: 2, min: 0 }', '{ min: 0, subtract: 2 }'));

    expect(Object.keys(config.pairs[0]?.settings.maps.transforms['variant.quantity'] ?? {})).toEqual([
      'min',
      'subtract',
    ]);
  });

  test('takes pairs from files of their own', async () => {
    const body = GOOD.split('\n')
      .slice(2, 26)
      .map((line) => line.slice(4))
      .join('\n');

    const config = await parse('dataDir: data\n', ENV, { bodega: body });

    expect(config.pairs.map(({ settings }) => settings.name)).toEqual(['bodega']);
    expect(config.pairs[0]?.settings.selection.has('order.history')).toBe(true);
  });
});

describe('the hash of what decides what is written', () => {
  const hash = async (text: string, env: Record<string, string> = ENV) =>
    (await parse(text, env)).pairs[0]?.settings.configHash;

  test('stays when only credentials or waits change', async () => {
    const before = await hash(GOOD);

    expect(await hash(GOOD, { ...ENV, WOO_KEY: 'ck_another' })).toBe(before);
    expect(await hash(GOOD.replace('publish: 500ms', 'publish: 1s'))).toBe(before);
    expect(await hash(GOOD.replace('sweepEvery: 5m', 'sweepEvery: 6m'))).toBe(before);
    expect(await hash(GOOD.replace('[quantity, stockStatus]', '[stockStatus, quantity]'))).toBe(before);
  });

  test.each([
    ['a field', ['[quantity, stockStatus]', '[quantity]']],
    ['a status', ['failed: ignore', 'failed: { cancelled: true }']],
    ['the order of a transform’s steps', ['{ subtract: 2, min: 0 }', '{ min: 0, subtract: 2 }']],
    ['the location', ['Main warehouse', 'Other warehouse']],
    ['creation', ['order: new', 'order: none']],
    ['the migration', ['2026-11-02', '2026-11-03']],
  ])('moves with %s', async (_, [from = '', to = '']) => {
    expect(await hash(GOOD.replace(from, to))).not.toBe(await hash(GOOD));
  });
});

describe('a bad config', () => {
  test('names all its mistakes at once, with place, path, what is wrong and what to write', async () => {
    const text = GOOD.replace('https://old.example.com', 'old.example.com')
      .replace('tracking, history]', 'trackingNumber, history]')
      .replace('${SHOPIFY_TOKEN}', '${SHOPIFY_SECRET}');

    const error = await mistakesOf(text);

    expect(error.message.split('\n')).toEqual([
      'lockstep.config.yaml has 3 mistakes:',
      '  5:12   pairs.acme.source.url            "old.example.com" is not a URL: write https://old.example.com',
      '  12:20  pairs.acme.target.accessToken    ${SHOPIFY_SECRET} is not set in the environment',
      '  20:26  pairs.acme.sync.order.fields[1]  "trackingNumber" is not a field of an order; did you mean "tracking"?',
      '                                          (status, tracking, history, note)',
    ]);
    expect(error.code).toBe('CONFIG_INVALID');
  });

  test.each([
    [
      'an unknown key, with the known ones',
      ['timing: {', 'timming: {'],
      'timming',
      '"timming" is not known here; did you mean "timing"?',
    ],
    [
      'a key in the wrong place',
      ['map: { quantity:', 'mapp: { quantity:'],
      'pairs.acme.sync.variant.mapp',
      'did you mean "map"?',
    ],
    [
      'an unknown platform',
      ['platform: shopify', 'platform: shopfy'],
      'pairs.acme.target.platform',
      '"shopfy" is not a platform; did you mean "shopify"?',
    ],
    [
      'an unknown key of a platform',
      ['location:', 'locaton:'],
      'pairs.acme.target.locaton',
      'did you mean "location"?',
    ],
    [
      'a length of time',
      ['publish: 500ms', 'publish: 5 minutes'],
      'timing.publish',
      '"5 minutes" is not a length of time: write 500ms',
    ],
    [
      'a length of time that may be off',
      ['sweepEvery: 5m', 'sweepEvery: often'],
      'pairs.acme.reconcile.sweepEvery',
      '"often" is not a length of time',
    ],
    ['a time without zone', ['08:00:00Z', '08:00:00'], 'pairs.acme.migratedAt', 'is not a point in time'],
    ['a cron line', ['0 2 * * *', 'at two'], 'pairs.acme.reconcile.cron', '"at two" is not a cron line'],
    ['a time zone', ['Europe/Berlin', 'Europe/Bärlin'], 'pairs.acme.reconcile.timezone', 'is not a time zone'],
    [
      'a status that means nothing',
      ['failed: ignore', 'failed: ignored'],
      'pairs.acme.sync.order.map.status.failed',
      '"ignored" is not what belongs here, or ignore',
    ],
    [
      'an axis of a status',
      ['payment: paid,', 'payment: payed,'],
      'pairs.acme.sync.order.map.status.processing.payment',
      'did you mean "paid"?',
    ],
    [
      'a secret in the file',
      ['"${WOO_SECRET}"', 'cs_1'],
      'pairs.acme.source.consumerSecret',
      'holds a secret as plain text: write "${NAME}"',
    ],
    ['a bad name of a pair', ['  acme:', '  Acme Shop:'], 'pairs."Acme Shop"', 'is no name for a pair'],
    ['a missing group', ['    sync:', '    scope: {}\n    zync:'], 'pairs.acme.sync', 'is missing'],
    ['a number that is none', ['ingest: {', 'ingest: { port: many,'], 'ingest.port', '"many" is not a number'],
    [
      'a field that the target cannot write',
      ['tracking, history]', 'note]'],
      'pairs.acme.sync.order.fields[1]',
      'order.note cannot be written to a Shopify shop',
    ],
    [
      'a field named twice',
      ['[quantity, stockStatus]', '[quantity, quantity]'],
      'pairs.acme.sync.variant.fields[1]',
      '"quantity" is named twice',
    ],
    [
      'a creation that the target cannot do',
      ['order: new }', 'customer: new }'],
      'pairs.acme.create.customer',
      'customers cannot be created at a Shopify shop',
    ],
    [
      'new without a migration',
      ['    migratedAt: 2026-11-02T08:00:00Z\n', ''],
      'pairs.acme.create.order',
      '"new" means since migratedAt',
    ],
    [
      'Kafka without Redis',
      ['ingest: {', 'log: { kafka: { brokers: [a] } }\ningest: {'],
      'log.kafka',
      'needs Redis beside it',
    ],
    [
      'Redis without Kafka',
      ['ingest: {', 'state: { redis: redis://a:6379 }\ningest: {'],
      'state.redis',
      'needs Kafka beside it',
    ],
    [
      'a password in the address of Redis',
      ['ingest: {', 'log: { kafka: { brokers: [a] } }\nstate: { redis: redis://:geheim@a:6379 }\ningest: {'],
      'state.redis',
      'holds a password as plain text',
    ],
    [
      'everything to be created of a kind that the target cannot make',
      ['order: new }', 'order: new, customer: all }'],
      'pairs.acme.create.customer',
      'customers cannot be created at a Shopify shop',
    ],
    [
      'a stamp that the target cannot take',
      ['    create:', '      customer: { fields: [email] }\n    stamp: true\n    create:'],
      'pairs.acme.stamp',
      'source ids cannot be written onto customers of a Shopify shop',
    ],
    [
      'a delete policy that the target cannot follow',
      ['    create:', '    delete: { product: archive, order: delete }\n    create:'],
      'pairs.acme.delete.order',
      'orders cannot be deleted at a Shopify shop in this version',
    ],
  ])('names %s', async (_, [from = '', to = ''], path, message) => {
    const error = await mistakesOf(GOOD.replace(from, to));

    const named = error.mistakes.filter((mistake) => mistake.path === path);
    expect(named.map((mistake) => mistake.message).join(' / ') || error.message).toContain(message);
  });

  test('names a shop of whose changes nothing would tell', async () => {
    const off = GOOD.replace('sweepEvery: 5m', 'sweepEvery: off');

    const { mistakes } = await mistakesOf(off.replace('    target:', '      webhooks: off\n    target:'));

    expect(mistakes).toMatchObject([{ path: 'pairs.acme.reconcile.sweepEvery', position: { line: 27 } }]);
    expect((await parse(off)).pairs[0]?.settings.reconcile).toMatchObject({ sweepEveryMs: null, scanShare: 0 });
  });

  test('tells what else is wrong with a pair whose name or platform is wrong', async () => {
    const text = GOOD.replace('acme:', 'Acme_Shop:')
      .replace('platform: woocommerce', 'platform: woocomerce')
      .replace('url: https://old.example.com', 'url: old.example.com')
      .replace('[status, tracking', '[status, trakcing');

    const { mistakes } = await mistakesOf(text);

    expect(mistakes.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'pairs.Acme_Shop',
        'pairs.Acme_Shop.source.platform',
        'pairs.Acme_Shop.source.url',
        'pairs.Acme_Shop.sync.order.fields[1]',
      ]),
    );
  });

  test('says that a key is not known, though the variable it names is not set either', async () => {
    const { message } = await mistakesOf(GOOD.replace('accessToken: "${', 'acessToken: "${NOT_SET_'));

    expect(message).toContain('did you mean "accessToken"?');
    expect(message).toContain('is not set in the environment');
  });

  test.each([[''], ['pairs: {}\n'], ['dataDir: data\n']])('that names no pair is a mistake: %j', async (text) => {
    expect((await mistakesOf(text)).message).toContain('names no pair of shops: lockstep init');
  });

  test('that is no YAML names each place once', async () => {
    const { mistakes } = await mistakesOf('pairs:\n  a: [\n b');

    expect(mistakes).toHaveLength(1);
  });

  test('points into the file of the pair', async () => {
    const error = await mistakesOf('{}', ENV, { acme: 'source: { platform: magento }\n' });

    expect(error.mistakes).toContainEqual(
      expect.objectContaining({
        file: 'pairs/acme.yaml',
        position: { line: 1, column: 21 },
        path: 'pairs.acme.source.platform',
      }),
    );
  });

  test('shows the name of a variable and never its value', async () => {
    const text = GOOD.replace('url: https://old.example.com', 'url: "${SECRET_PLACE}"');

    const error = await mistakesOf(text, { ...ENV, SECRET_PLACE: 'hunter2-no-url' });

    expect(error.message).toContain('${SECRET_PLACE}');
    expect(error.message).not.toContain('hunter2');
  });

  test('that is no YAML is told with its line', async () => {
    const error = await mistakesOf('pairs:\n  acme: {\n  b: [\n');

    expect(error.mistakes[0]?.position.line).toBeGreaterThan(1);
  });

  test('that names the same pair in two files is told so', async () => {
    const error = await mistakesOf(GOOD, ENV, { acme: 'source: {}\n' });

    expect(error.message).toContain('is in lockstep.config.yaml as well');
  });
});
