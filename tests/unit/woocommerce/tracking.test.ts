import { describe, expect, test } from 'vitest';

import { findParcels, likelyKeys, mergeParcels } from '#libs/connectors/woocommerce/woocommerce-tracking.ts';
import type { ParcelParts, TrackingConfig } from '#libs/connectors/woocommerce/woocommerce-tracking.ts';
import { wooCommerceConfigSchema } from '#libs/connectors/woocommerce/woocommerce-config.ts';
import { fulfilmentsWireSchema } from '#libs/connectors/woocommerce/woocommerce-wire-tracking.ts';
import { recordedBody } from './recordings.ts';

const note = (text: string) => ({ id: '1', note: text, customer_note: false, date_created_gmt: '2026-11-23T10:00:00' });

function found(parts: Partial<ParcelParts>, config: TrackingConfig = {}) {
  return findParcels({ meta: [], notes: null, ...parts }, config);
}

describe('each home of tracking numbers', () => {
  test('AfterShip: the slug is the carrier', () => {
    const value = [{ slug: 'dhl', tracking_number: '42', additional_fields: {}, tracking_id: 'x' }, null];

    expect(found({ meta: [{ key: '_aftership_tracking_items', value }] })).toEqual([
      { home: 'afterShip', parcel: { number: '42', carrier: 'dhl', url: null, shippedAt: null } },
    ]);
  });

  test('AfterShip before it knew lists', () => {
    const meta = [
      { key: '_aftership_tracking_number', value: '42' },
      { key: '_aftership_tracking_provider_name', value: 'DHL' },
    ];

    expect(found({ meta })).toMatchObject([{ home: 'afterShip', parcel: { number: '42', carrier: 'DHL' } }]);
  });

  test.each(['ywot_carrier_name', 'ywot_carrier_id'])('YITH, with the carrier in %s', (key) => {
    const meta = [
      { key: 'ywot_tracking_code', value: 'Y1' },
      { key, value: 'GLS' },
      { key: 'ywot_pick_up_date', value: '2026-11-20' },
    ];

    expect(found({ meta })).toEqual([
      { home: 'yith', parcel: { number: 'Y1', carrier: 'GLS', url: null, shippedAt: '2026-11-20T00:00:00Z' } },
    ]);
  });

  test('YITH sets the carrier of every new order: without a number that is no parcel', () => {
    expect(found({ meta: [{ key: 'ywot_carrier_id', value: 'GLS' }] })).toEqual([]);
  });

  test('ParcelPanel writes JSON as text, keyed by the numbers', () => {
    const items = { P1: { order_id: 7, tracking_number: 'P1', courier_code: 'ups', fulfilled_at: 1_763_899_200 } };
    const parcel = { number: 'P1', carrier: 'ups', url: null, shippedAt: '2025-11-23T12:00:00Z' };

    for (const value of [JSON.stringify(items), items])
      expect(found({ meta: [{ key: '_parcelpanel_shipping_numbers', value }] })).toEqual([
        { home: 'parcelPanel', parcel },
      ]);
    expect(found({ meta: [{ key: '_parcelpanel_shipping_numbers', value: '{broken' }] })).toEqual([]);
  });

  test('Germanized: what comes back to the shop is no parcel of the customer', () => {
    const shipments = [
      {
        id: 1,
        status: 'shipped',
        tracking_id: 'G1',
        tracking_url: 'https://dhl.example/G1',
        shipping_provider: 'dhl',
        date_sent_gmt: '2026-11-23T10:00:00',
      },
      { id: 2, status: 'draft', tracking_id: '', shipping_provider: 'dhl', date_sent_gmt: null },
      { id: 3, type: 'return', tracking_id: 'R1', shipping_provider: 'dhl' },
    ];

    expect(found({ shipments })).toEqual([
      {
        home: 'germanized',
        parcel: { number: 'G1', carrier: 'dhl', url: 'https://dhl.example/G1', shippedAt: '2026-11-23T10:00:00Z' },
      },
    ]);
  });

  test('a recorded fulfilment of WooCommerce’s own, listed or wrapped; one that is not fulfilled yet says nothing', () => {
    const recorded = recordedBody('target/fulfillment-create');
    const parcel = { number: '1Z999', carrier: 'ups', url: 'https://x.example/1Z999', shippedAt: null };
    const open = { ...Object(recorded), is_fulfilled: false };

    for (const body of [[recorded, open], { fulfillments: [recorded, open] }])
      expect(found({ fulfilments: fulfilmentsWireSchema.parse(body) })).toEqual([{ home: 'fulfilments', parcel }]);
  });

  test('meta keys that the config names: several numbers in one value', () => {
    const meta = [
      { key: '_my_number', value: 'M1; M2' },
      { key: '_my_carrier', value: 'Bote' },
      { key: '_other', value: 7 },
    ];
    const config = { meta: [{ number: '_my_number', carrier: '_my_carrier' }, { number: '_other' }] };

    expect(found({ meta }, config).map(({ parcel }) => [parcel.number, parcel.carrier])).toEqual([
      ['M1', 'Bote'],
      ['M2', 'Bote'],
      ['7', null],
    ]);
  });

  test('order notes by the config’s pattern: tags and entities are not in the way', () => {
    const notes = [
      note('Versendet mit <b>DHL</b>: <a href="https://dhl.example">N&#49;23456</a> und DHL: N2'),
      note('Bezahlt'),
    ];
    const config = { notes: String.raw`(?<carrier>DHL)\s*:\s*(?<number>[A-Z0-9]+)` };

    expect(found({ notes }, config)).toEqual([
      {
        home: 'notes',
        parcel: { number: 'N123456', carrier: 'DHL', url: null, shippedAt: '2026-11-23T10:00:00Z' },
      },
      { home: 'notes', parcel: { number: 'N2', carrier: 'DHL', url: null, shippedAt: '2026-11-23T10:00:00Z' } },
    ]);
  });

  test('only the homes that the config names are looked into', () => {
    const meta = [
      { key: 'ywot_tracking_code', value: 'Y1' },
      { key: '_aftership_tracking_number', value: 'A1' },
    ];

    expect(found({ meta }, { homes: ['yith'] }).map(({ home }) => home)).toEqual(['yith']);
  });
});

test('the same number in several homes is one parcel, filled up from each', () => {
  const meta = [
    { key: '_wc_shipment_tracking_items', value: [{ tracking_number: 'jd 01-46', tracking_provider: '' }] },
    { key: '_aftership_tracking_items', value: [{ tracking_number: 'JD0146', slug: 'dhl' }] },
  ];
  const shipments = [{ tracking_id: 'JD0146', shipping_provider: 'other', tracking_url: 'https://x.example' }];

  expect(mergeParcels(found({ meta, shipments }))).toEqual([
    { number: 'jd 01-46', carrier: 'dhl', url: 'https://x.example', shippedAt: null },
  ]);
});

test('keys that look as if a number stood in them are named for a plugin that nobody knows', () => {
  const meta = [
    { key: '_dhl_tracking_number', value: '00340434161094042557' },
    { key: 'awb', value: 12_345_678 },
    { key: '_tracking_number', value: 'none' },
    { key: '_order_key', value: 'wc_order_12345678' },
    { key: '_wc_shipment_tracking_items', value: [{ tracking_number: '123456' }] },
  ];

  expect(likelyKeys(meta)).toEqual(['_dhl_tracking_number', 'awb']);
});

test.each([
  ['(?<number>[A-Z]+', false],
  ['[A-Z]+', false],
  ['DHL (?<number>[A-Z0-9]+)', true],
])('the pattern %j in the config', (notes, good) => {
  const config = {
    url: 'https://x.example',
    consumerKey: 'a',
    consumerSecret: 'b',
    webhooks: 'off',
    tracking: { notes },
  };

  expect(wooCommerceConfigSchema.safeParse(config).success).toBe(good);
});
