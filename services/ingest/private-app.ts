import { Hono } from 'hono';

import type { IngestCounts } from './ingest-counts.ts';
import type { PublisherHealth } from './publish-changes.ts';

/** Health and metrics, on a port of their own that is not shown to the internet. */
export function createPrivateApp({
  counts,
  health,
}: {
  readonly counts: IngestCounts;
  readonly health: () => PublisherHealth;
}): Hono {
  const app = new Hono();
  app.get('/health/live', (c) => c.json({ live: true }));
  // An ill log is told and not answered 503: webhooks are still taken. A full disk means that they are not.
  app.get('/health/ready', (c) => {
    const now = health();
    const ready = now.spool === 'well' || now.log === 'well';
    return c.json({ ready, ...now }, ready ? 200 : 503);
  });
  app.get('/metrics', (c) =>
    c.text(
      [
        counts.text(),
        '# HELP lockstep_ingest_spooled Webhooks that wait in the spool for the log',
        '# TYPE lockstep_ingest_spooled gauge',
        `lockstep_ingest_spooled ${health().spooled}`,
        '# HELP lockstep_ingest_log_well Whether the log takes webhooks',
        '# TYPE lockstep_ingest_log_well gauge',
        `lockstep_ingest_log_well ${health().log === 'well' ? 1 : 0}`,
        '',
      ].join('\n'),
    ),
  );
  return app;
}
