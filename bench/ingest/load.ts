import { connect, type Socket } from 'node:net';

/**
 * Sends so many requests over so many connections that stay open, the next on each when the last is answered; whole requests are
 * written as they are, so that this process costs as little as it can. Rejects at an answer other than 200.
 */
export async function sendLoad(
  port: number,
  requests: readonly Buffer[],
  { count, connections }: { readonly count: number; readonly connections: number },
): Promise<void> {
  let sent = 0;
  const next = (): Buffer | null => (sent < count ? (requests[sent++ % requests.length] ?? null) : null);
  await Promise.all(Array.from({ length: connections }, () => drive(port, next)));
}

function drive(port: number, next: () => Buffer | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const send = (): void => {
      const request = next();
      if (request === null) socket.end(resolve);
      else socket.write(request);
    };
    socket.once('connect', send);
    socket.once('error', reject);
    onAnswers(socket, send, reject);
  });
}

function onAnswers(socket: Socket, answered: () => void, reject: (error: Error) => void): void {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (!isWhole(text)) return;
    if (!text.startsWith('HTTP/1.1 200')) {
      reject(new Error(`The server answered ${text.split('\r\n', 1)[0] ?? ''}`));
      socket.destroy();
      return;
    }
    text = '';
    answered();
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end).toLowerCase();
  if (head.includes('transfer-encoding: chunked')) return text.endsWith('0\r\n\r\n');
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
  return text.length >= end + 4 + length;
}
