import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before several ingests: the old shop knows one address. */
export type FrontDoor = {
  readonly url: string;
  /** How many webhooks each took. */
  readonly counts: () => readonly number[];
  readonly close: () => Promise<void>;
};

/** Of one connection alone; the rest of the request, above all its signed body, is passed on as it came. */
const HOP = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);

/** Passes requests on to one after the other; where one does not answer, to the next. */
export async function openFrontDoor(ports: readonly number[]): Promise<FrontDoor> {
  const counts = ports.map(() => 0);
  let turn = 0;

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      HOP.has(name) || value === undefined ? [] : [[name, String(value)]],
    );
    const first = turn++;
    for (let tried = 0; tried < ports.length; tried++) {
      const index = (first + tried) % ports.length;
      const url = `http://127.0.0.1:${String(ports[index])}${request.url ?? '/'}`;
      try {
        const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
        const text = await answer.text();
        counts[index] = (counts[index] ?? 0) + 1;
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
        response.end(text);
        return;
      } catch {
        // It is away: the next one.
      }
    }
    response.writeHead(502).end();
  }

  const server = createServer((request, response) => {
    passOn(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    counts: () => counts,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
