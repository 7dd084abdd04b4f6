import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** Sends these very bytes and headers (`fetch` would change some), and tells the status. */
export async function postRaw(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<number> {
  const sent = request(url, { method: 'POST', headers: { ...headers, 'content-length': String(body.length) } });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  // A receiver that refuses early may close before all is sent.
  sent.on('error', () => {});
  sent.end(body);
  const [response] = await answered;
  response.resume();
  return response.statusCode ?? 0;
}
