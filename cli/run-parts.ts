import { basename } from 'node:path';

import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { Ingest } from '../services/ingest/open-ingest.ts';
import { openIngest } from '../services/ingest/open-ingest.ts';
import { publishBacklog } from '../services/ingest/publish-backlog.ts';
import type { Context, OpenPair } from './context.ts';
import { watchMails, type MailWatch } from './mails-watch.ts';
import { createPairGauges } from './pair-gauges.ts';
import { pinStores } from './pin-stores.ts';
import { openReconcilerPart, openServingApplier } from './plug-parts.ts';
import { openPrivatePort } from './private-port.ts';
import type { Part, ReconcilerPart, RunningParts } from './runtime-parts.ts';
import { takeAbandoned, type Instance } from './take-instance.ts';

export type PartName = 'ingest' | 'applier' | 'reconciler';
export const PART_NAMES: readonly PartName[] = ['ingest', 'applier', 'reconciler'];

export type OpenParts = RunningParts & {
  /** Ends them in the order in which work flows: no more comes in, what is there is finished. */
  readonly stop: () => Promise<void>;
  /** Rejects when a part has ended by itself: the process cannot go on. */
  readonly failed: Promise<never>;
};

export type OpenPartsOptions = {
  /** Where health and metrics are listened for; 0: any free port. Absent: where the config says. */
  readonly privatePort?: number | undefined;
};

/** Opens what was asked for. Ingest listens at once; the rest of a pair comes when both its shops have been recognised. */
export async function openParts(
  context: Context,
  parts: ReadonlySet<PartName>,
  { privatePort }: OpenPartsOptions = {},
): Promise<OpenParts> {
  const stopping = new AbortController();
  const failing = Promise.withResolvers<never>();
  // It may fail before anybody waits for it.
  failing.promise.catch(() => undefined);
  const appliers = new Map<string, Part>();
  const reconcilers = new Map<string, ReconcilerPart>();
  const mailWatches: MailWatch[] = [];
  const ingest = parts.has('ingest') ? await openIngestPart(context, reconcilers, privatePort) : null;
  if (parts.has('applier') || parts.has('reconciler')) context.metrics.onRead(createPairGauges(context));

  let isOnLog = false;
  const onLog = patiently(context.prepare, context, stopping.signal).then(() => (isOnLog = true));
  const health = ingest === null ? await openPrivatePort(context, () => isOnLog, privatePort) : null;
  const openPair = async (pair: OpenPair): Promise<void> => {
    const { name } = pair.settings;
    const patient = <T>(run: () => Promise<T>): Promise<T> => patiently(run, context, stopping.signal);
    await onLog;
    await patient(() => pinStores(pair, context, { signal: stopping.signal, patient: true }));
    // Before the first order is written: an earlier process may have left them off.
    if (parts.has('applier')) mailWatches.push(await patient(() => watchMails(pair, context)));
    if (parts.has('applier')) appliers.set(name, await patient(() => openServingApplier(pair, context)));
    if (parts.has('reconciler'))
      reconcilers.set(name, await patient(() => openReconcilerPart(pair, context, { scheduled: true })));
    context.logger.info({ pair: name }, 'running');
  };
  // One pair whose shop does not answer keeps no other waiting.
  const opening = [...context.pairs.values()].map((pair) =>
    openPair(pair).catch((error: unknown) => {
      if (!stopping.signal.aborted) failing.reject(error);
    }),
  );

  if (ingest !== null && context.config.cluster !== null)
    onLog
      .then(() => keepPublishingAbandoned(context, stopping.signal))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) failing.reject(error);
      });

  return {
    ingestUrl: ingest?.url ?? null,
    privateUrl: ingest?.privateUrl ?? health?.url ?? null,
    appliers,
    reconcilers,
    failed: failing.promise,
    stop: async () => {
      stopping.abort(new Error('Stopping'));
      await Promise.all(opening);
      await ingest?.stop();
      await Promise.all([...reconcilers.values()].map((part) => part.stop()));
      await Promise.all([...appliers.values()].map((part) => part.stop()));
      await Promise.all(mailWatches.map((watch) => watch.stop()));
      await health?.close();
    },
  };
}

const AGAIN_MS = 1_000;

/** Log or state store may be away when a process starts: they are waited for; ingest listens and spools meanwhile. */
async function patiently<T>(run: () => Promise<T>, { clock, logger }: Context, stopping: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isSyncError(error) || error.disposition !== 'retry') throw error;
      logger.warn({ code: error.code, hint: error.hint }, error.message);
      await clock.sleep(AGAIN_MS, stopping);
    }
  }
}

/** How often somebody looks whether another process has ended for good. */
const ABANDONED_MS = 60_000;

/** What processes of a cluster that ended left in their spools, and nobody has taken since, goes to the log; now and for ever after. */
async function keepPublishingAbandoned(context: Context, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    for (const instance of takeAbandoned(context.config.dataDir, context.clock.now()))
      try {
        await patiently(() => publishSpoolOf(instance, context), context, stopping);
      } catch (error) {
        if (stopping.aborted) return;
        // What its disk does not give is no reason to take no webhooks; it is tried again with the next round.
        context.logger.warn(
          { err: error, folder: basename(instance.dir) },
          'an abandoned spool could not be published',
        );
      } finally {
        instance.release();
      }
    await context.clock.sleep(ABANDONED_MS, stopping).catch(() => undefined);
  }
}

async function publishSpoolOf({ dir }: Instance, { log, facts, logger }: Context): Promise<void> {
  const folder = basename(dir);
  const found = await publishBacklog({
    dataDir: dir,
    log,
    facts,
    onAside: (file, lines) =>
      logger.warn({ folder, file: basename(file), lines }, 'spooled webhooks are not understood: they lie aside'),
  });
  if (found > 0) logger.info({ folder, found }, 'published what an ended process had spooled');
}

function openIngestPart(
  context: Context,
  reconcilers: ReadonlyMap<string, ReconcilerPart>,
  privatePort: number | undefined,
): Promise<Ingest> {
  const { config, log, facts, clock, instanceDir, metrics } = context;
  const logger = context.logger.child({ service: 'ingest' });
  return openIngest({
    pairs: [...context.pairs.values()].map(({ settings, source }) => ({
      name: settings.name,
      readWebhook: source.readWebhook,
      secrets: source.webhookSecrets,
    })),
    log,
    facts,
    dataDir: instanceDir,
    clock,
    logger,
    ports: privatePort === undefined ? config.ingest : { ...config.ingest, privatePort },
    metrics,
    bodyLimitBytes: config.ingest.bodyLimitBytes,
    publishMs: config.timing.publishMs,
    onUnreadable: (pair, root) => {
      reconcilers
        .get(pair)
        ?.sweep(root === null ? undefined : [root])
        .catch((error: unknown) => logger.warn({ err: error, pair }, 'the sweep after an unreadable webhook failed'));
    },
  });
}
