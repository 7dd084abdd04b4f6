import { Hono } from 'hono';

import type { Metrics } from '#libs/runtime/metrics.ts';
import type { PublisherHealth } from './publish-changes.ts';

/** Whether a process does what it was started for, and what a person wants to know of it. */
export type Readiness = { readonly ready: boolean } & Readonly<Record<string, unknown>>;

/** Health and metrics of a process, on a port of their own that is not shown to the internet. */
export function createPrivateApp({
  metrics,
  readiness,
}: {
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  readonly readiness: () => Readiness | Promise<Readiness>;
}): Hono {
  const app = new Hono();
  app.get('/health/live', (c) => c.json({ live: true }));
  app.get('/health/ready', async (c) => {
    const now = await readiness();
    return c.json(now, now.ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  return app;
}

/** An ill log is told and not answered 503: webhooks are still taken. A full disk means that they are not. */
export function ingestReadiness(health: PublisherHealth): Readiness {
  return { ready: health.spool === 'well' || health.log === 'well', ...health };
}
