import type { CallbackRequest, ConsentReply } from '#libs/connectors/consent.ts';
import { abortReason } from '#libs/runtime/clock.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { isErrno } from '#libs/runtime/data-dir.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { listen } from '../../services/ingest/listen.ts';

/** Below the path that leads to ingest anyway, so that no proxy has to be told of another. */
export const CALLBACK_PATH = '/webhooks/connect';

const BODY_MAX = 65_536;
/** After the keys came, the merchant's browser is still on its way back. */
const BROWSER_MS = 10_000;

export type AwaitConsent = {
  readonly host: string;
  readonly port: number;
  readonly receive: (request: CallbackRequest) => Promise<ConsentReply>;
  /** Keeps the keys; only then is the shop told that they arrived. */
  readonly keep: (values: Readonly<Record<string, string>>) => Promise<void>;
  readonly onListening: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

type Ended = { readonly ended: 'kept' } | { readonly ended: 'refused'; readonly message: string };

/**
 * Listens until a merchant's consent, or their no, has come.
 *
 * @throws {SyncError} USAGE: the port is taken.
 * @throws {SyncError} STORE_REFUSED: the merchant or the shop said no.
 */
export async function awaitConsent(options: AwaitConsent): Promise<void> {
  const { host, port, clock, signal } = options;
  const ended = Promise.withResolvers<Ended>();
  const back = Promise.withResolvers<null>();
  const fetch = (request: Request): Promise<Response> => answer(request, options, ended, back);
  const server = await listen({ fetch }, host, port).catch((error: unknown) => {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    throw new SyncError(
      'USAGE',
      `Cannot listen on port ${port}: it is taken; stop lockstep start meanwhile, or lead publicUrl to another --port`,
    );
  });
  const onAbort = (): void => ended.reject(abortReason(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    options.onListening();
    const end = await ended.promise;
    if (end.ended === 'refused')
      throw new SyncError('STORE_REFUSED', `Cannot connect: ${end.message}`, {
        hint: 'The same again, when it is settled',
      });
    await Promise.race([back.promise, clock.sleep(BROWSER_MS, signal).catch(() => null)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await server.close();
  }
}

async function answer(
  request: Request,
  { receive, keep }: AwaitConsent,
  ended: PromiseWithResolvers<Ended>,
  back: PromiseWithResolvers<null>,
): Promise<Response> {
  const url = new URL(request.url);
  const { method } = request;
  if (url.pathname !== CALLBACK_PATH && !url.pathname.startsWith(`${CALLBACK_PATH}/`)) return page(404, 'Not found');
  const body = await request.text();
  if (body.length > BODY_MAX) return page(413, 'Too large');
  try {
    const reply = await receive({ method, url, body });
    switch (reply.kind) {
      case 'keys':
        await keep(reply.values);
        ended.resolve({ ended: 'kept' });
        if (method === 'GET') back.resolve(null);
        return page(200, 'Connected. You can close this page.');
      case 'back':
        back.resolve(null);
        return page(200, 'Thank you. You can close this page.');
      case 'refused':
        ended.resolve({ ended: 'refused', message: reply.message });
        return page(method === 'GET' ? 200 : 403, 'Not connected. You can close this page.');
      case 'stranger':
        return page(404, 'Not found');
    }
  } catch (error) {
    // The shop is not told that keys arrived which nobody keeps: it takes them back.
    ended.reject(error);
    return page(500, 'Not connected: the keys could not be kept.');
  }
}

function page(status: number, text: string): Response {
  return new Response(`<!doctype html><meta charset="utf-8"><title>Lockstep</title><p>${text}</p>\n`, {
    status,
    // Code and state stand in the address: they go nowhere from here.
    headers: {
      // One answer, and the port is closed.
      connection: 'close',
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  });
}
