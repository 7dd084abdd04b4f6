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
