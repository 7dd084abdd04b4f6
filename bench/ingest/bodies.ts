import { createHmac } from 'node:crypto';

export const SECRET = 'bench-webhook-secret';

/** Sizes of product webhooks of a real shop: a ping of a few fields, a usual product, one with long texts and many variants. */
export const SIZES = { small: 205, usual: 4_400, large: 17_000 } as const;
export type Size = keyof typeof SIZES;

const DISTINCT = 200;

/** Whole HTTP requests with signed bodies of about this size, each of another product. */
export function requestsOf(size: Size, path: string): readonly Buffer[] {
  return Array.from({ length: DISTINCT }, (_, n) => toRequest(bodyOf(n + 1, SIZES[size]), path));
}

function bodyOf(id: number, bytes: number): Buffer {
  const fields = {
    id,
    name: `Linen shirt ${String(id)}`,
    type: 'simple',
    date_modified_gmt: '2026-11-24T08:00:00',
    stock_quantity: id % 50,
    description: '',
  };
  const missing = bytes - JSON.stringify(fields).length;
  return Buffer.from(
    JSON.stringify({
      ...fields,
      description: 'Soft and light, woven in small batches. '
        .repeat(Math.ceil(Math.max(0, missing) / 40))
        .slice(0, Math.max(0, missing)),
    }),
  );
}

function toRequest(body: Buffer, path: string): Buffer {
  const signature = createHmac('sha256', SECRET).update(body).digest('base64');
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'user-agent: WooCommerce/10.3.5 Hookshot (WordPress/6.8.3)',
    'x-wc-webhook-source: https://old.example.com/',
    'x-wc-webhook-topic: product.updated',
    'x-wc-webhook-resource: product',
    'x-wc-webhook-event: updated',
    `x-wc-webhook-signature: ${signature}`,
    'x-wc-webhook-id: 7',
    'x-wc-webhook-delivery-id: 0b6e9b1f1f1f4d3c8f6d9b1f1f1f4d3c',
    `content-length: ${String(body.byteLength)}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}
