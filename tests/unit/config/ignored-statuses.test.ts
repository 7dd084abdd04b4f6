import { expect, test } from 'vitest';

import type { StatusTarget } from '#libs/fields/field-maps.ts';
import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { ENV, fakePlatforms, GOOD } from './fake-platforms.ts';

/** The pair's status map where its source platform has these words of its own. */
async function statusMap(defaultStatusMap: Readonly<Record<string, StatusTarget>>) {
  const woocommerce = fakePlatforms['woocommerce'];
  if (woocommerce === undefined) throw new Error('Broken invariant: the registry has no such platform');
  const platforms = { ...fakePlatforms, woocommerce: { ...woocommerce, defaultStatusMap } };
  const texts = { main: { file: 'lockstep.config.yaml', text: GOOD }, pairs: [] };
  const config = await parseConfig(texts, { folder: '/shop', env: ENV, platforms });
  return config.pairs[0]?.settings.maps.orderStatus ?? {};
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
