import { request as requestPlain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';

import type { Fetch } from './http.ts';

/** `host`, `host:port` or `[ipv6]:port`. */
export const CONNECT_TO = /^(?<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/;

/**
 * Fetches from a server of one's choice under the name that the address says, as `curl --connect-to` does: a shop whose name leads
 * elsewhere by now is still asked. Host header and certificate are those of the name. Follows no redirect.
 */
export function fetchVia(connectTo: string): Fetch {
  const { host = '', port } = CONNECT_TO.exec(connectTo)?.groups ?? {};
  return (url, { method = 'GET', headers, body, signal }) => {
    const asked = new URL(url);
    const isSecure = asked.protocol === 'https:';
    const named = asked.port === '' ? (isSecure ? '443' : '80') : asked.port;
    return new Promise((resolve, reject) => {
      const request = (isSecure ? requestSecure : requestPlain)(
        {
          host: host.replaceAll(/[[\]]/g, ''),
          port: Number(port ?? named),
          servername: asked.hostname,
          method,
          path: `${asked.pathname}${asked.search}`,
          headers: { ...Object.fromEntries(new Headers(headers)), host: asked.host },
          ...(signal === null || signal === undefined ? {} : { signal }),
        },
        (answer) => void readWhole(answer).then(resolve, reject),
      );
      request.on('error', reject);
      request.end(typeof body === 'string' ? body : undefined);
    });
  };
}

async function readWhole(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  // These never have a body, and a Response with one of them refuses any.
  const isEmpty = status === 204 || status === 205 || status === 304;
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers });
}
