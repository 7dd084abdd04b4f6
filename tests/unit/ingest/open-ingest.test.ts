import { createConnection } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Ingest } from '../../../services/ingest/open-ingest.ts';
import {
  deliver,
  fakeLog,
  recordedDelivery,
  SECRET,
  signedDelivery,
  startIngest,
  tempFolder,
} from './ingest-harness.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let running: Ingest[] = [];
let fake: ReturnType<typeof fakeLog>;

async function start(options: Parameters<typeof startIngest>[2] = {}) {
  const started = await startIngest(folder.path, fake, options);
  running.push(started.ingest);
  return { ...started, url: started.ingest.url };
}

beforeEach(async () => {
  folder = await tempFolder();
  fake = fakeLog();
  running = [];
});
afterEach(async () => {
  for (const ingest of running) await ingest.stop();
  await folder.remove();
});

test('where another process has the private port, health is told on another one', async () => {
  const first = await start();
  const second = await start({ privatePort: Number(new URL(first.ingest.privateUrl).port) });

  const answers = await Promise.all(
    [first, second].map(async ({ ingest }) => (await fetch(`${ingest.privateUrl}/health/live`)).status),
  );

  expect(answers).toEqual([200, 200]);
  expect(second.ingest.privateUrl).not.toBe(first.ingest.privateUrl);
  expect(second.lines.join('')).toContain('the private port is taken');
});

describe('a webhook recorded from the real shop', () => {
  test('goes in with its recorded headers, and lies on the log when it is answered', async () => {
    const { url } = await start();

    const status = await deliver(url, await recordedDelivery('b01-products-batch-1-product-created'));

    expect(status).toBe(200);
    expect(fake.news).toEqual([
      expect.objectContaining({
        v: 1,
        pair: 'acme',
        root: 'product',
        rootId: '61',
        topic: 'product.created',
        tries: 0,
      }),
    ]);
  });

  test('is refused when one byte is changed', async () => {
    const { url } = await start();
    const { headers, body } = await recordedDelivery('b01-products-batch-1-product-created');
    body[10] = (body[10] ?? 0) ^ 1;

    const status = await deliver(url, { headers, body });

    expect(status).toBe(401);
    expect(fake.news).toEqual([]);
  });

  test('of every kind is answered 200 or 401, and what is accepted names a root', async () => {
    const { url } = await start();
    const names = await readdir(new URL('../../fixtures/woocommerce/webhooks/', import.meta.url));
    const recorded = await Promise.all(names.map((name) => recordedDelivery(name.replace('.json', ''))));

    const statuses = [];
    for (const delivery of recorded) statuses.push(await deliver(url, delivery));

    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(names.length / 2);
    expect(new Set(statuses).difference(new Set([200, 401])).size).toBe(0);
    for (const { rootId } of fake.news) expect(rootId).toMatch(/^\d+$/);
  });
});

describe('what is no webhook of the store', () => {
  test('is answered 404 for an unknown pair, 405 for another method, 404 elsewhere', async () => {
    const { url } = await start();

    expect(await deliver(url, signedDelivery('{"id":1}'), 'bodega')).toBe(404);
    expect((await fetch(`${url}/webhooks/acme`)).status).toBe(405);
    expect((await fetch(url)).status).toBe(404);
  });

  test('is answered 401 without a signature', async () => {
    const { url } = await start();

    expect(await deliver(url, { headers: {}, body: Buffer.from('{"id":1}') })).toBe(401);
  });

  test('is answered 413 when it says that it is too large', async () => {
    const { url } = await start({ bodyLimitBytes: 100 });

    expect(await deliver(url, signedDelivery(`{"id":1,"x":"${'x'.repeat(200)}"}`))).toBe(413);
  });

  test('is answered 413 when it grows too large without having said so, before all of it was sent', async () => {
    const { url } = await start({ bodyLimitBytes: 1_000 });

    const answer = await sendRaw(url, [
      'POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
      `800\r\n${'x'.repeat(0x800)}\r\n`,
    ]);

    expect(answer).toContain('HTTP/1.1 413');
  });

  test.each([
    ['a flood of headers', `POST /webhooks/acme HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(4_000)}\r\n`, 431],
    ['no host', 'POST /webhooks/acme HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a pair that is no text', 'POST /webhooks/%E0%A4%A HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n', 404],
    [
      'the name of a method of objects',
      'POST /webhooks/constructor HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n',
      404,
    ],
    ['a body for an unknown pair', 'POST /webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\nab', 404],
  ])('with %s is refused at once, and the door stays open', async (_, request, status) => {
    const { url } = await start();

    expect(await sendRaw(url, [request])).toContain(`HTTP/1.1 ${status}`);
    expect(await deliver(url, signedDelivery('{"id":2}'))).toBe(200);
  });

  test('whose body breaks off is not taken', async () => {
    const { url } = await start();
    const { headers } = signedDelivery('{"id":1}');

    await sendRaw(
      url,
      [
        `POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nx-wc-webhook-signature: ${headers['x-wc-webhook-signature']}\r\n\r\n`,
        '{"id":1}',
      ],
      { end: true },
    );

    expect(await deliver(url, signedDelivery('{"id":2}'))).toBe(200);
    expect(fake.news.map(({ rootId }) => rootId)).toEqual(['2']);
  });
});

describe('a signed webhook that is not understood', () => {
  test('is answered 200, kept raw, told as a fact, and its kind is swept', async () => {
    const { url, swept } = await start();

    const status = await deliver(url, signedDelivery('not json', 'order.updated'));

    expect(status).toBe(200);
    expect(fake.news).toEqual([]);
    expect(fake.facts).toEqual([
      expect.objectContaining({
        pair: 'acme',
        kind: 'unreadable',
        value: expect.objectContaining({ bytes: 8, topic: 'order.updated' }),
      }),
    ]);
    expect(await readFile(join(folder.path, 'spool', 'raw', fake.facts[0]?.id ?? ''), 'utf8')).toBe('not json');
    expect(swept).toEqual([{ pair: 'acme', root: 'order' }]);
  });

  test('and an unsigned ping is answered 200 and dropped', async () => {
    const { url } = await start();

    const status = await deliver(url, { headers: {}, body: Buffer.from('webhook_id=7') });

    expect(status).toBe(200);
    expect(fake.facts).toEqual([]);
  });
});

describe('while the log does not answer', () => {
  test.each(['refusing', 'hanging'] as const)(
    '(%s) news is spooled, answered 200, and published when it is back',
    async (mood) => {
      const { url, ingest } = await start({ publishMs: 30 });
      fake.become(mood);

      const statuses = await Promise.all([1, 2, 3].map((id) => deliver(url, signedDelivery(`{"id":${id}}`))));
      const ready = await (await fetch(`${ingest.privateUrl}/health/ready`)).json();
      fake.become('well');
      const later = await deliver(url, signedDelivery('{"id":4}'));
      await vi.waitFor(() => expect(ingest.health()).toEqual({ log: 'well', spool: 'well', spooled: 0 }), 5_000);

      expect(statuses).toEqual([200, 200, 200]);
      expect(ready).toEqual({ ready: true, log: 'ill', spool: 'well', spooled: 3 });
      expect(later).toBe(200);
      expect(fake.news.map(({ rootId }) => rootId).toSorted()).toEqual(['1', '2', '3', '4']);
    },
  );

  test('what was spooled before the process ended is published by the next one', async () => {
    const first = await start({ publishMs: 30 });
    fake.become('refusing');
    await deliver(first.url, signedDelivery('{"id":1}'));
    await first.ingest.stop();
    fake.become('well');

    const second = await start();
    await vi.waitFor(() => expect(fake.news.map(({ rootId }) => rootId)).toEqual(['1']), 5_000);

    expect(second.ingest.health().spooled).toBe(0);
    expect((await readdir(join(folder.path, 'spool'))).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
  });
});

test('many webhooks at a time share a call to the log', async () => {
  const { url } = await start();

  await Promise.all(Array.from({ length: 40 }, (_, id) => deliver(url, signedDelivery(`{"id":${id + 1}}`))));

  expect(fake.news).toHaveLength(40);
  expect(fake.calls()).toBeLessThan(40);
});

test('no log line holds a secret or a body', async () => {
  const { url, lines } = await start();

  await deliver(url, signedDelivery('{"id":1,"billing":{"email":"anna@example.com"}}', 'order.updated'));
  await deliver(url, signedDelivery('anna@example.com'));
  await deliver(url, { headers: {}, body: Buffer.from('anna@example.com') });

  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join('')).not.toContain(SECRET);
  expect(lines.join('')).not.toContain('anna@');
});

test('health and metrics lie on a port of their own', async () => {
  const { url, ingest } = await start();
  await deliver(url, signedDelivery('{"id":1}'));

  const metrics = await (await fetch(`${ingest.privateUrl}/metrics`)).text();

  expect(metrics).toContain('lockstep_ingest_webhooks_total{pair="acme",result="accepted"} 1');
  expect((await fetch(`${ingest.privateUrl}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

/** Sends bytes and gives back what is answered until the other side closes. */
function sendRaw(url: string, parts: readonly string[], { end = false } = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(Number(port), hostname, () => {
      for (const part of parts) socket.write(part);
      if (end) socket.end();
    });
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => resolve(answer));
  });
}
