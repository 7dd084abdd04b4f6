import { describe, expect, test } from 'vitest';

import type { EventLog, LoggedNews } from '#libs/event-log/event-log.ts';
import type { Subscription } from '#libs/connectors/store-connector.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { deliveryFinding } from '../../cli/check-delivery.ts';
import type { DeliveryParts } from '../../cli/check-delivery.ts';
import { openShop, seedProducts, write } from './woocommerce-connector-harness.ts';

const active = (topic: string): Subscription => ({ id: '1', topic, url: 'https://sync.example.com', status: 'active' });

/** A log of two partitions to which news can be added. */
function openLog() {
  const partitions: LoggedNews[][] = [[], []];
  const log: Pick<EventLog, 'ends' | 'readNews'> = {
    ends: () =>
      Promise.resolve(
        partitions.map((news, partition) => ({ partition, start: 0, end: news.length, committed: null })),
      ),
    readNews: (_pair, partition, from, limit) =>
      Promise.resolve((partitions[partition] ?? []).slice(from, from + limit)),
  };
  const add = (partition: number, rootId: string, via: 'webhook' | 'sweep' = 'webhook') => {
    const news = {
      v: 1,
      pair: 'acme',
      root: 'product',
      rootId,
      kind: 'news',
      topic: 't',
      receivedAt: 0,
      via,
      tries: 0,
    } as const;
    partitions[partition]?.push({ partition, offset: partitions[partition].length, appendedAt: 0, news });
  };
  return { log, add };
}

function time(parts: Partial<DeliveryParts> & Pick<DeliveryParts, 'source' | 'log'>) {
  const usual = { pair: 'acme', clock: systemClock, active: [active('product.updated')], isTaken: true, everyMs: 5 };
  return deliveryFinding({ ...usual, waitMs: 2_000, ...parts }, write);
}

describe('a webhook on demand', () => {
  test('WooCommerce sends one of a product that is saved as it is', async () => {
    const { shop, connector, ...open } = await openShop();
    const ids = seedProducts({ shop, connector, ...open }, 2);
    await connector.createSubscription(
      { topic: 'product.updated', url: 'http://127.0.0.1:1/', secret: 'letters' },
      write,
    );
    const before = shop.state().products;

    expect(await connector.provoke?.('product', write)).toBe(ids[1]);

    expect(shop.outstandingDeliveries()).toBe(1);
    const plain = (products: typeof before) => products.map(({ date_modified_gmt: _modified, ...rest }) => rest);
    expect(plain(shop.state().products)).toEqual(plain(before));
  });

  test('is timed from there onto the log, whatever else comes meanwhile', async () => {
    const { log, add } = openLog();
    add(1, '7');
    const provoke = () => {
      add(0, '8');
      add(1, '7', 'sweep');
      setTimeout(() => add(1, '7'), 20);
      return Promise.resolve('7');
    };

    expect(await time({ source: { provoke }, log })).toMatchObject({
      level: 'ok',
      topic: 'delivery',
      message: expect.stringMatching(/^a webhook came 0\.\d s after a product was saved$/),
    });
  });

  test('that does not come is a problem; what lay on the log before is none of it', async () => {
    const { log, add } = openLog();
    add(0, '7');

    expect(await time({ source: { provoke: () => Promise.resolve('7') }, log, waitMs: 30 })).toMatchObject({
      level: 'problem',
      remedy: expect.stringContaining('wp-cron.php'),
    });
  });

  test('that takes long says that the shop’s clock ticks seldom', async () => {
    const { log, add } = openLog();
    let passed = 0;
    const clock = { ...systemClock, monotonic: () => passed, sleep: () => Promise.resolve(void (passed += 80_000)) };
    const provoke = () => Promise.resolve('7');
    const slow = {
      ...log,
      readNews: (...asked: Parameters<EventLog['readNews']>) => {
        if (passed > 0) add(0, '7');
        return log.readNews(...asked);
      },
    };

    expect(await time({ source: { provoke }, log: slow, clock, waitMs: 180_000 })).toMatchObject({
      level: 'warning',
      message: 'a webhook came 80 s after a product was saved',
    });
  });

  test.each([
    ['nobody takes it', { isTaken: false }, 'lockstep start'],
    ['none is registered', { active: [active('customer.updated')] }, 'webhooks register acme'],
    [
      'the shop stopped it',
      { active: [{ ...active('product.updated'), status: 'disabled' as const }] },
      'webhooks register',
    ],
  ])('is not asked for where %s', async (_why, parts, remedy) => {
    const { log } = openLog();
    const provoke = () => Promise.reject(new Error('asked'));

    expect(await time({ source: { provoke }, log, ...parts })).toMatchObject({
      level: 'warning',
      remedy: expect.stringContaining(remedy),
    });
  });

  test('of a platform that sends none on demand nothing is asked', async () => {
    expect(await time({ source: {}, log: openLog().log })).toMatchObject({ level: 'ok' });
  });
});
