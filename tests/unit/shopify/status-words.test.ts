import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { shopifyCapabilities } from '#libs/connectors/shopify/shopify-connector.ts';
import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';

test('every status word of Shopify has a state, and the default map knows it', () => {
  const words = shopifyCapabilities().orderStatuses ?? {};

  expect(Object.keys(words).toSorted()).toEqual(Object.keys(shopify.defaultStatusMap).toSorted());
  expect(words).toMatchObject({
    'paid+partial': { payment: 'paid', fulfilment: 'partial', cancelled: false },
    pending: { payment: 'pending', fulfilment: 'open' },
    'refunded+fulfilled': { payment: 'refunded', fulfilment: 'fulfilled' },
    cancelled: { cancelled: true },
  });
  for (const [word, target] of Object.entries(shopify.defaultStatusMap))
    expect({ word, ...words[word] }).toMatchObject({ word, ...(target as object) });
});

test('the page of the platform names every part of which a status word is made', async () => {
  const page = await readFile(new URL('../../../docs/shopify.md', import.meta.url), 'utf8');
  const parts = new Set(Object.keys(shopifyCapabilities().orderStatuses ?? {}).flatMap((word) => word.split(/(?=\+)/)));

  expect([...parts].filter((part) => !page.includes(`\`${part}\``))).toEqual([]);
});
