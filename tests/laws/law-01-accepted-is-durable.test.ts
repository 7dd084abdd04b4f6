import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import {
  deliver,
  fakeLog,
  recordedDelivery,
  signedDelivery,
  startIngest,
  tempFolder,
} from '../unit/ingest/ingest-harness.ts';

const RECORDED = [
  'p01-stock-put-1-product-updated',
  'o03-status-completed-1-order-updated',
  'x15-customer-put-1-customer-updated',
];

async function folder(): Promise<string> {
  const { path, remove } = await tempFolder();
  onTestFinished(remove);
  return path;
}

async function ingestOn(path: string, fake: ReturnType<typeof fakeLog>, publishMs = 2_000) {
  const { ingest } = await startIngest(path, fake, { publishMs });
  onTestFinished(ingest.stop);
  return ingest;
}

async function openLog(dataDir: string) {
  const log = await openEmbeddedEventLog({ dataDir, clock: systemClock, delayTiersMs: [10, 20, 30, 40] });
  await log.openPair('acme');
  return log;
}

describe('law 1: accepted is durable', () => {
  test('what was answered 200 lies on the log of a process that dies in that moment', async () => {
    const path = await folder();
    const log = await openLog(path);
    const { url } = await ingestOn(await folder(), { ...fakeLog(), log });
    const deliveries = await Promise.all(RECORDED.map((name) => recordedDelivery(name)));

    const statuses = await Promise.all(deliveries.map((delivery) => deliver(url, delivery)));
    await log.abandon();

    expect(statuses).toEqual([200, 200, 200]);
    const next = await openLog(path);
    onTestFinished(next.close);
    const news = (await next.readNews('acme', 0, 0, 10)).map((logged) => logged.news?.root);
    expect(new Set(news)).toEqual(new Set(['customer', 'order', 'product']));
  });

  test('no answer is given before the log has it', async () => {
    const committed = Promise.withResolvers<void>();
    const events: string[] = [];
    const fake = fakeLog();
    const publish = async (news: readonly News[]) => {
      events.push('publishing');
      await committed.promise;
      await fake.log.publish(news);
      events.push('on the log');
    };
    const { url } = await ingestOn(await folder(), { ...fake, log: { ...fake.log, publish } });

    const answer = deliver(url, signedDelivery('{"id":1}')).then((status) => events.push(`answered ${String(status)}`));
    await vi.waitFor(() => expect(events).toEqual(['publishing']));
    committed.resolve();
    await answer;

    expect(events).toEqual(['publishing', 'on the log', 'answered 200']);
  });

  test.each(['refusing', 'hanging'] as const)(
    'a log that is %s: what was answered 200 lies in the spool’s file',
    async (mood) => {
      const path = await folder();
      const fake = fakeLog();
      const { url } = await ingestOn(path, fake, 30);
      fake.become(mood);

      const status = await deliver(url, signedDelivery('{"id":42}'));

      expect(status).toBe(200);
      const files = (await readdir(join(path, 'spool'))).filter((name) => name.endsWith('.jsonl'));
      const lines = await Promise.all(files.map((name) => readFile(join(path, 'spool', name), 'utf8')));
      expect(lines.join('')).toContain('"rootId":"42"');
    },
  );

  test('spooled news goes out beside new traffic when the log is back', async () => {
    const fake = fakeLog();
    const { url } = await ingestOn(await folder(), fake, 30);
    fake.become('refusing');
    await deliver(url, signedDelivery('{"id":1}'));
    fake.become('well');

    const status = await deliver(url, signedDelivery('{"id":2}'));
    await vi.waitFor(() => expect(fake.news.map(({ rootId }) => rootId).toSorted()).toEqual(['1', '2']), 5_000);

    expect(status).toBe(200);
  });

  test('a spool survives its process', async () => {
    const path = await folder();
    const fake = fakeLog();
    const first = await startIngest(path, fake, { publishMs: 30 });
    fake.become('refusing');
    const status = await deliver(first.ingest.url, signedDelivery('{"id":1}'));
    await first.ingest.stop();
    fake.become('well');

    await ingestOn(path, fake);

    expect(status).toBe(200);
    await vi.waitFor(() => expect(fake.news.map(({ rootId }) => rootId)).toEqual(['1']), 5_000);
  });
});
