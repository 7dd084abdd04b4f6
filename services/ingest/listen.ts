import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

import { createAdaptorServer } from '@hono/node-server';

/** How long a client may take to send its request: a store sends at once. */
const REQUEST_MS = 15_000;
/** How often that is looked at. */
const LOOK_MS = 5_000;
/** More than any store opens; the rest of the process's files belong to the log and the spool. */
const CONNECTIONS_MAX = 1_000;

export type Listening = { readonly url: string; readonly close: () => Promise<void> };

type Served = Pick<Parameters<typeof createAdaptorServer>[0], 'fetch'>;

/** Serves an app; resolves when the port is open. `close` lets requests in work end. */
export async function listen(app: Served, host: string, port: number): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: LOOK_MS },
  }) as Server;
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port: opened } = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${shown}:${opened}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeIdleConnections();
      }),
  };
}
