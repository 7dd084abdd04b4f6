import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { answerGraphql, type Answer, type EndpointParts, type Reply } from './graphql-endpoint.ts';
import { UNAUTHORISED, type Tokens } from './tokens.ts';

const GRAPHQL = /^\/admin\/api\/([\w-]+)\/graphql\.json$/;
const FILES = /^\/files\/(.+)$/;

export type Files = {
  readonly read: (name: string) => string | undefined;
  /** Stores an upload that was staged before; false where it was not. */
  readonly write: (name: string, body: string) => boolean;
};
export type ShopServer = {
  readonly start: (port?: number) => Promise<{ url: string }>;
  readonly stop: () => Promise<void>;
  readonly url: () => string;
};

export function createShopServer(parts: EndpointParts, tokens: Tokens, files: Files): ShopServer {
  const server = createServer((request, response) => {
    void handle(request, response, parts, tokens, files);
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo | null)?.port ?? 0}`;

  return {
    url,
    start: (port = 0) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve({ url: url() }));
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  parts: EndpointParts,
  tokens: Tokens,
  files: Files,
): Promise<void> {
  try {
    const body = await readBody(request);
    parts.world.settle();
    send(response, await route(request, body, parts, tokens, files));
  } catch (error) {
    send(response, {
      status: 500,
      body: JSON.stringify({
        errors: `Internal Server Error: ${error instanceof Error ? error.message : String(error)}`,
      }),
    });
  }
}

async function route(
  request: IncomingMessage,
  body: string,
  parts: EndpointParts,
  tokens: Tokens,
  files: Files,
): Promise<Reply> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const { method } = request;
  const file = FILES.exec(path)?.[1];
  if (file !== undefined) return serveFile(method, file, body, files);
  if (method === 'POST' && path === '/admin/oauth/access_token')
    return tokens.grant(body, request.headers['content-type'] ?? '');
  if (method !== 'POST' || !GRAPHQL.test(path)) return { status: 404, body: JSON.stringify({ errors: 'Not Found' }) };
  const header = request.headers['x-shopify-access-token'];
  const token = Array.isArray(header) ? header[0] : header;
  if (!tokens.isValid(token)) return refuse(parts);
  const reply = await answerGraphql(parts, body, token);
  // A version that is not supported any more is answered by another one, which says so here alone.
  const version = parts.world.settings.answeringVersion ?? GRAPHQL.exec(path)?.[1] ?? '';
  return reply === 'cut' ? reply : { ...reply, headers: { 'x-shopify-api-version': version, ...reply.headers } };
}

function refuse(parts: EndpointParts): Answer {
  const { ledger } = parts.world;
  ledger.call({
    id: ledger.nextCallId(),
    at: parts.world.now(),
    name: 'POST graphql.json',
    kind: 'read',
    status: 401,
    cost: 0,
  });
  return { status: 401, body: UNAUTHORISED };
}

function serveFile(method: string | undefined, name: string, body: string, files: Files): Answer {
  if (method === 'PUT' || method === 'POST')
    return files.write(name, fileOf(body)) ? { status: 201, body: '' } : { status: 404, body: '' };
  const content = files.read(name);
  return content === undefined
    ? { status: 404, body: '' }
    : { status: 200, body: content, headers: { 'content-type': 'application/jsonl' } };
}

/** A multipart form carries the file as its last part; anything else is the file itself. */
function fileOf(body: string): string {
  const boundary = /^(--\S+)\r\n/.exec(body)?.[1];
  if (boundary === undefined) return body;
  const part = body.split(boundary).findLast((candidate) => candidate.includes('filename='));
  return part?.split('\r\n\r\n').slice(1).join('\r\n\r\n').replace(/\r\n$/, '') ?? '';
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'cut') {
    response.destroy();
    return;
  }
  if (response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    ...reply.headers,
  });
  response.end(reply.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
