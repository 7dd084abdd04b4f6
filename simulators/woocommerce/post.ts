import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export type Posted = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
};

/** Sends one request the way WordPress does (no redirects followed) and answers its status; 0 where none came. */
export function post({ url, headers, body, timeoutMs }: Posted): Promise<number> {
  return new Promise((resolve) => {
    const target = new URL(url);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const options = {
      method: 'POST',
      agent: false,
      timeout: timeoutMs,
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
    };
    const sent = send(target, options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', () => resolve(0));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(0));
    sent.end(body);
  });
}

/** The shop refuses to call addresses with a password in them, and those that its filter does not let through: nothing is sent. */
export function mayCall(url: string, allowed: (url: URL) => boolean): boolean {
  if (!URL.canParse(url)) return false;
  const target = new URL(url);
  return target.username === '' && target.password === '' && allowed(target);
}
