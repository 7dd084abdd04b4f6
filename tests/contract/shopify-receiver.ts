import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';
import type { WebhookRead } from '#libs/connectors/store-connector.ts';
import { openShop, type Harness } from './shopify-simulator.harness.ts';

const SECRET = 'shpss_secret';
export const RECEIVER = 'https://sync.example.com/hooks';

type Got = { readonly headers: IncomingHttpHeaders; readonly body: string };
export type Receiver = AsyncDisposable & {
  readonly got: Got[];
  answer: number;
  readonly reads: () => readonly WebhookRead[];
};
export type Shop = Harness & Receiver;

/** A shop that calls a receiver, which reads every webhook as Lockstep does. */
export async function openShopWithReceiver(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(receiver.answer, { location: 'https://elsewhere.example' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver = {
    got,
    answer: 200,
    reads: () =>
      got.map(({ headers, body }) =>
        shopify.readWebhook({ headers: headers as Record<string, string>, body: new TextEncoder().encode(body) }, [
          'an older secret',
          SECRET,
        ]),
      ),
  };
  const harness = await openShop({
    clientSecret: SECRET,
    clientId: 'client',
    locations: ['Main warehouse', 'Shop'],
    tunnel: (uri) => uri.replace('https://sync.example.com', `http://127.0.0.1:${port}`),
    ...options,
  });
  return Object.assign(receiver, harness, {
    async [Symbol.asyncDispose]() {
      await harness.sim.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

export function seedTee({ sim }: Harness) {
  return sim.seedProduct({ title: 'Tee', variants: [{ sku: 'A', price: '10', quantity: 5 }] });
}
