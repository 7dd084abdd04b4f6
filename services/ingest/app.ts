import type { IncomingHttpHeaders } from 'node:http';

import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';

import type { WebhookReader } from '#libs/connectors/store-connector.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { ChangePublisher } from './publish-changes.ts';
import type { RawStore } from './raw-store.ts';
import { readBody } from './read-body.ts';
import type { Received } from './receive-webhook.ts';
import { receiveWebhook } from './receive-webhook.ts';

/** What ingest knows of a pair: how its source signs. */
export type IngestPair = {
  readonly name: string;
  readonly readWebhook: WebhookReader;
  readonly secrets: readonly string[];
};

export type IngestAppDeps = {
  readonly pairs: readonly IngestPair[];
  readonly publisher: ChangePublisher;
  readonly raw: RawStore;
  readonly metrics: Pick<Metrics, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly bodyLimitBytes: number;
  /** A signed webhook was not understood: the kind of entity (null: not even that is known) is to be swept. */
  readonly onUnreadable: (pair: string, root: RootKind | null) => void;
};

type Answer = { readonly status: 200 | 400 | 401 | 413; readonly result: string };

/** Served by Node: then requests come with what Node made of them. */
type IngestEnv = { Bindings: Partial<HttpBindings> };
export type IngestApp = Hono<IngestEnv>;

/** The public door: `POST /webhooks/:pair`. A 200 means that the news is durable, or that there is none. */
export function createIngestApp(deps: IngestAppDeps): IngestApp {
  const byName = new Map(deps.pairs.map((pair) => [pair.name, pair]));
  const app = new Hono<IngestEnv>();

  app.post('/webhooks/:pair', async (c) => {
    const pair = byName.get(c.req.param('pair'));
    // Its body is not read either.
    if (pair === undefined) return c.text('unknown pair\n', 404, { connection: 'close' });
    const { status, result } = await answerTo(c.req.raw, headersOf(c), pair, deps);
    deps.metrics.add('lockstep_ingest_webhooks_total', { pair: pair.name, result });
    // What was not read of the body must not be taken for the next request.
    if (status === 413 || status === 400) c.header('connection', 'close');
    return c.text(`${result}\n`, status);
  });
  app.all('/webhooks/:pair', (c) => c.text('only POST\n', 405, { allow: 'POST' }));
  app.notFound((c) => c.text('nothing here\n', 404));
  app.onError((error, c) => {
    deps.logger.error({ err: error }, 'a webhook could not be kept');
    return c.text(isSyncError(error) ? 'cannot be kept now\n' : 'failed\n', isSyncError(error) ? 503 : 500);
  });
  return app;
}

type Headers = Parameters<WebhookReader>[0]['headers'];

// Node has them as a table already. To walk through those of a web request makes them all anew, which costs more than the signature.
function headersOf({ env, req }: Context<IngestEnv>): Headers {
  const headers = env?.incoming?.headers;
  return headers !== undefined && isPlain(headers) ? headers : Object.fromEntries(req.raw.headers);
}

// The one header that Node keeps as a list is none that a store sends.
function isPlain(headers: IncomingHttpHeaders): headers is Record<string, string> {
  return headers['set-cookie'] === undefined;
}

async function answerTo(request: Request, headers: Headers, pair: IngestPair, deps: IngestAppDeps): Promise<Answer> {
  const read = await readBody(request, deps.bodyLimitBytes);
  if (read.kind === 'too-large') return { status: 413, result: 'too large' };
  if (read.kind === 'broken') return { status: 400, result: 'broken off' };

  const received = receiveWebhook(pair.readWebhook({ headers, body: read.body }, pair.secrets), {
    pair: pair.name,
    now: deps.clock.now(),
  });
  return settle(received, read.body, pair, deps);
}

async function settle(received: Received, body: Uint8Array, pair: IngestPair, deps: IngestAppDeps): Promise<Answer> {
  switch (received.kind) {
    case 'rejected':
      deps.logger.warn({ pair: pair.name, bytes: body.byteLength }, 'a webhook is not signed by the store');
      return { status: 401, result: 'forged' };
    case 'ignored':
      return { status: 200, result: 'ignored' };
    case 'kept':
      await keepUnreadable(received, body, pair, deps);
      return { status: 200, result: 'kept' };
    case 'accepted': {
      await deps.publisher.publish({ kind: 'news', news: received.news });
      const { root, rootId, topic } = received.news;
      deps.logger.debug({ pair: pair.name, root: `${root}:${rootId}`, topic }, 'accepted');
      return { status: 200, result: 'accepted' };
    }
  }
}

async function keepUnreadable(
  { topic, reason, root }: Extract<Received, { readonly kind: 'kept' }>,
  body: Uint8Array,
  pair: IngestPair,
  { raw, publisher, clock, logger, onUnreadable }: IngestAppDeps,
): Promise<void> {
  const hash = await raw.keep(body);
  const value = { at: clock.now(), bytes: body.byteLength, reason, topic };
  await publisher.publish({ kind: 'unreadable', pair: pair.name, id: hash, value });
  logger.warn({ pair: pair.name, topic, reason, hash: hash.slice(0, 12) }, 'a signed webhook was not understood');
  onUnreadable(pair.name, root);
}
