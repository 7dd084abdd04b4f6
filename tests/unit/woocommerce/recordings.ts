import { readdirSync, readFileSync } from 'node:fs';

import { z } from 'zod';

const FOLDER = new URL('../../fixtures/woocommerce/', import.meta.url);

const restSchema = z.object({ response: z.object({ status: z.number(), body: z.unknown() }) });

/** The body of a recorded answer, such as `rest/order`. */
export function recordedBody(name: string): unknown {
  return restSchema.parse(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))).response.body;
}

const webhookSchema = z.object({
  request: z.object({ headers: z.array(z.tuple([z.string(), z.string()])), body_base64: z.string() }),
  secret: z.string().optional(),
});

export type RecordedWebhook = {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** As it stands in the shop's webhook; undefined for pings. */
  readonly secret: string | undefined;
};

export function recordedWebhook(name: string): RecordedWebhook {
  const { request, secret } = webhookSchema.parse(
    JSON.parse(readFileSync(new URL(`webhooks/${name}.json`, FOLDER), 'utf8')),
  );
  return {
    name,
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(request.body_base64, 'base64'),
    secret,
  };
}

export function recordedWebhooks(): readonly RecordedWebhook[] {
  return readdirSync(new URL('webhooks/', FOLDER))
    .filter((file) => file.endsWith('.json'))
    .map((file) => recordedWebhook(file.replace(/\.json$/, '')));
}
