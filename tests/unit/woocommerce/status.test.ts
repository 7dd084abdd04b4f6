import { expect, test } from 'vitest';

import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { PLATFORMS } from '#libs/connectors/registry.ts';
import { capabilitiesOf } from '#libs/connectors/woocommerce/woocommerce-capabilities.ts';
import { must } from '#libs/runtime/must.ts';
import { SAMPLE_CONFIG } from '../../../cli/sample-config.ts';

test('each of the platform’s words that stands for a state is declared, and no other', () => {
  const { orderStatuses = {} } = capabilitiesOf();

  expect(Object.keys(orderStatuses).toSorted()).toEqual([
    'cancelled',
    'completed',
    'on-hold',
    'pending',
    'processing',
    'refunded',
  ]);
  expect(orderStatuses['processing']).toEqual({ payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false });
});

test('a plugin’s status may be written as its database has it, or as the API says it', async () => {
  const text = SAMPLE_CONFIG.replace('awaiting-shipment:', 'wc-awaiting-shipment:').replace('failed:', 'packed:');
  const env = { WOO_KEY: 'a', WOO_SECRET: 'b', WOO_HOOK: 'c', SHOPIFY_TOKEN: 'd' };

  const { pairs } = await parseConfig(
    { main: { file: 'lockstep.config.yaml', text }, pairs: [] },
    { folder: '/shop', env, platforms: PLATFORMS },
  );

  expect(must(pairs[0], 'the pair').settings.maps.orderStatus).toMatchObject({
    'awaiting-shipment': { payment: 'paid', fulfilment: 'open' },
    packed: 'ignore',
    failed: 'ignore',
  });
});
