import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { CONNECT_TO, fetchVia } from '#libs/connectors/fetch-via.ts';
import { createHttp } from '#libs/connectors/http.ts';
import { systemClock } from '#libs/runtime/clock.ts';

const { signal } = new AbortController();

type Asked = { readonly host: string | undefined; readonly url: string | undefined; readonly body: string };

async function serve(): Promise<{ readonly at: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      asked.push({ host: request.headers.host, url: request.url, body });
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('[');
        response.socket?.destroy();
        return;
      }
      response.writeHead(request.url === '/empty' ? 204 : 201, { 'x-wp-total': '7' });
      response.end(request.url === '/empty' ? undefined : '{"ok":true}');
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a shop whose name leads elsewhere by now', () => {
  test('is asked at its server, under its name', async () => {
    const { at, asked } = await serve();
    const http = createHttp({ clock: systemClock, callMs: 5_000, connectTo: at });
    const url = 'http://old.example.com/wp-json/wc/v3/products?page=2';

    const answer = await http({ method: 'PUT', url, body: '{"a":1}', action: 'ask' }, signal);

    expect(answer).toMatchObject({ status: 201, text: '{"ok":true}' });
    expect(answer.headers.get('x-wp-total')).toBe('7');
    expect(asked).toEqual([{ host: 'old.example.com', url: '/wp-json/wc/v3/products?page=2', body: '{"a":1}' }]);
  });

  test('an answer without a body, one that is cut short, and a server that is not there', async () => {
    const { at } = await serve();
    const http = createHttp({ clock: systemClock, callMs: 5_000, connectTo: at });
    const ask = (path: string, via = http) =>
      via({ method: 'GET', url: `http://old.example.com${path}`, action: 'ask' }, signal);

    expect(await ask('/empty')).toMatchObject({ status: 204, text: '' });
    await expect(ask('/cut')).rejects.toMatchObject({ code: 'STORE_SILENT' });
    await expect(
      ask('/', createHttp({ clock: systemClock, callMs: 5_000, connectTo: '127.0.0.1:1' })),
    ).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });

  test('is asked for the certificate of its name', async () => {
    const hello = Promise.withResolvers<string>();
    const server = createTcpServer((socket) => {
      socket.once('data', (bytes) => {
        hello.resolve(bytes.toString('latin1'));
        socket.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const via = fetchVia(`127.0.0.1:${(server.address() as AddressInfo).port}`);

    await expect(via('https://old.example.com/', {})).rejects.toMatchObject({ code: 'ECONNRESET' });

    expect(await hello.promise).toContain('old.example.com');
  });
});

test.each([
  ['203.0.113.7', true],
  ['old-server.example.com:8443', true],
  ['[2001:db8::7]:443', true],
  ['https://203.0.113.7', false],
  ['203.0.113.7/shop', false],
  ['a b', false],
])('%s as a server: %s', (text, good) => {
  expect(CONNECT_TO.test(text)).toBe(good);
});
