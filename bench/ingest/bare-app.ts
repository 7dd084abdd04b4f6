import { createHmac, timingSafeEqual } from 'node:crypto';

import { Hono } from 'hono';

import { SECRET } from './bodies.ts';

/** The least that receives a webhook: raw bytes, HMAC, 200. It understands nothing and keeps nothing. */
export function createBareApp(): Hono {
  const app = new Hono();
  app.post('/webhooks/:pair', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const wanted = createHmac('sha256', SECRET).update(body).digest();
    const given = Buffer.from(c.req.header('x-wc-webhook-signature') ?? '', 'base64');
    const isSigned = wanted.length === given.length && timingSafeEqual(wanted, given);
    return c.text('', isSigned ? 200 : 401);
  });
  return app;
}
