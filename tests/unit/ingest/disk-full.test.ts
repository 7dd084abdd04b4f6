import { expect, test } from 'vitest';

import { systemClock } from '#libs/runtime/clock.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { createMetrics } from '#libs/runtime/metrics.ts';
import { readWooCommerceWebhook } from '#libs/connectors/woocommerce/woocommerce-webhook.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { createIngestApp } from '../../../services/ingest/app.ts';
import { createPrivateApp, ingestReadiness } from '../../../services/ingest/private-app.ts';
import { createChangePublisher } from '../../../services/ingest/publish-changes.ts';
import type { Spool } from '../../../services/ingest/spool.ts';
import { fakeLog, SECRET, signedDelivery } from './ingest-harness.ts';

test('with log and disk both refusing the store is told 503, and health says so', async () => {
  const fake = fakeLog();
  fake.become('refusing');
  const full: Spool = {
    leftPairs: new Set(),
    append: () => Promise.reject(new SyncError('SPOOL_FULL', 'Cannot keep a webhook in the spool: the disk refuses')),
    size: () => 0,
    drain: () => Promise.reject(new Error('no log')),
    close: () => Promise.resolve(),
  };
  const metrics = createMetrics();
  const publisher = createChangePublisher({
    log: fake.log,
    facts: fake.factStore,
    spool: full,
    clock: systemClock,
    logger: silentLogger,
    publishMs: 20,
  });
  const app = createIngestApp({
    pairs: [{ name: 'acme', readWebhook: readWooCommerceWebhook, secrets: [SECRET] }],
    publisher,
    raw: { keep: () => Promise.resolve('hash'), forget: () => Promise.resolve() },
    metrics,
    clock: systemClock,
    logger: silentLogger,
    bodyLimitBytes: 1_000,
    onUnreadable: () => {},
  });
  const { headers, body } = signedDelivery('{"id":1}');

  const answer = await app.request('/webhooks/acme', { method: 'POST', headers, body: new Uint8Array(body) });
  const ready = await createPrivateApp({ metrics, readiness: () => ingestReadiness(publisher.health()) }).request(
    '/health/ready',
  );
  await publisher.stop();

  expect(answer.status).toBe(503);
  expect(ready.status).toBe(503);
});
