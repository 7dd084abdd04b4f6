import { expect, test } from 'vitest';

import type { StatusTarget } from '#libs/fields/field-maps.ts';
import type { OrderState } from '#libs/model/order.ts';
import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { must } from '#libs/runtime/must.ts';
import { ENV, fakePlatforms, GOOD } from './fake-platforms.ts';

/** The pair where its source platform has these words of its own. */
async function settingsOf(defaultStatusMap: Readonly<Record<string, StatusTarget>>, text = GOOD) {
  const woocommerce = fakePlatforms['woocommerce'];
  if (woocommerce === undefined) throw new Error('Broken invariant: the registry has no such platform');
  const platforms = { ...fakePlatforms, woocommerce: { ...woocommerce, defaultStatusMap } };
  const texts = { main: { file: 'lockstep.config.yaml', text }, pairs: [] };
  const config = await parseConfig(texts, { folder: '/shop', env: ENV, platforms });
  return must(config.pairs[0], 'the pair').settings;
}

async function statusMap(defaultStatusMap: Readonly<Record<string, StatusTarget>>) {
  return (await settingsOf(defaultStatusMap)).maps.orderStatus;
}

test('a word that the platform itself ignores needs no mapping', async () => {
  expect(await statusMap({ abandoned: 'ignore' })).toMatchObject({ abandoned: 'ignore' });
});

test('what the platform’s other words mean is left to what the order says', async () => {
  expect(await statusMap({ paid: { payment: 'paid' } })).not.toHaveProperty('paid');
});

test('the config has the last word', async () => {
  const [word = ''] = Object.keys(await statusMap({}));

  const map = await statusMap({ [word]: 'ignore' });

  expect(map).toEqual(await statusMap({}));
});

test('a version that ignores another word needs a new approval', async () => {
  const [before, after] = [await settingsOf({ a: 'ignore' }), await settingsOf({ a: 'ignore', b: 'ignore' })];

  expect(after.configHash).not.toBe(before.configHash);
});

test('a word that the config ignores as the platform does changes nothing', async () => {
  const written = GOOD.replace('failed: ignore', 'failed: ignore\n            abandoned: ignore');

  const [implied, said] = [await settingsOf({ abandoned: 'ignore' }), await settingsOf({}, written)];

  expect(said.maps.orderStatus).toHaveProperty('abandoned', 'ignore');
  expect(said.configHash).toBe(implied.configHash);
});

test('words are known by the way in which the platform’s orders carry them, however the config writes them', async () => {
  const woocommerce = must(fakePlatforms['woocommerce'], 'the platform');
  const platforms = { ...fakePlatforms, woocommerce: { ...woocommerce, statusWord: (word: string) => word.slice(3) } };
  const text = GOOD.replace('failed: ignore', 'wc-packed: { payment: paid, fulfilment: open }');

  const config = await parseConfig(
    { main: { file: 'lockstep.config.yaml', text }, pairs: [] },
    { folder: '/shop', env: ENV, platforms },
  );

  const { orderStatus } = must(config.pairs[0], 'the pair').settings.maps;
  expect(orderStatus).toHaveProperty('packed', { payment: 'paid', fulfilment: 'open' });
  expect(orderStatus).not.toHaveProperty('wc-packed');
});

test('what words mean by default in a pairing stands in the map, and the config has the last word', async () => {
  const state = { payment: 'authorised', fulfilment: 'open', cancelled: false, onHold: false } as const;
  const held = { ...state, payment: 'pending' } as const;
  const telling = (name: string, orderStatuses: Readonly<Record<string, OrderState>>) => {
    const platform = must(fakePlatforms[name], name);
    const open: typeof platform.open = (config, deps) => {
      const connector = platform.open(config, deps);
      return { ...connector, capabilities: { ...connector.capabilities, orderStatuses } };
    };
    return { ...platform, open };
  };
  const platforms = {
    woocommerce: telling('woocommerce', { vorgemerkt: state, bezahlt: { ...state, payment: 'paid' } }),
    shopify: telling('shopify', { pending: held }),
  };
  const mapOf = async (text: string) => {
    const texts = { main: { file: 'lockstep.config.yaml', text }, pairs: [] };
    const config = await parseConfig(texts, { folder: '/shop', env: ENV, platforms });
    return must(config.pairs[0], 'the pair').settings.maps.orderStatus;
  };

  const [byDefault, said] = [
    await mapOf(GOOD),
    await mapOf(GOOD.replace('failed: ignore', 'failed: ignore\n            vorgemerkt: ignore')),
  ];

  expect(byDefault).toHaveProperty('vorgemerkt', { payment: 'pending', fulfilment: 'open' });
  expect(byDefault).not.toHaveProperty('bezahlt');
  expect(said).toHaveProperty('vorgemerkt', 'ignore');
});
