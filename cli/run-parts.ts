import type { Ingest } from '../services/ingest/open-ingest.ts';
import { openIngest } from '../services/ingest/open-ingest.ts';
import type { Context, OpenPair } from './context.ts';
import { pinStores } from './pin-stores.ts';
import { openApplierPart, openReconcilerPart } from './plug-parts.ts';
import type { Part, ReconcilerPart, RunningParts } from './runtime-parts.ts';

export type PartName = 'ingest' | 'applier' | 'reconciler';
export const PART_NAMES: readonly PartName[] = ['ingest', 'applier', 'reconciler'];

export type OpenParts = RunningParts & {
  /** Ends them in the order in which work flows: no more comes in, what is there is finished. */
  readonly stop: () => Promise<void>;
  /** Rejects when a part has ended by itself: the process cannot go on. */
  readonly failed: Promise<never>;
};

/** Opens what was asked for. Ingest listens at once; the rest of a pair comes when both its shops have been recognised. */
export async function openParts(context: Context, parts: ReadonlySet<PartName>): Promise<OpenParts> {
  const stopping = new AbortController();
  const failing = Promise.withResolvers<never>();
  // It may fail before anybody waits for it.
  failing.promise.catch(() => undefined);
  const appliers = new Map<string, Part>();
  const reconcilers = new Map<string, ReconcilerPart>();
  const ingest = parts.has('ingest') ? await openIngestPart(context, reconcilers) : null;

  const openPair = async (pair: OpenPair): Promise<void> => {
    const { name } = pair.settings;
    await pinStores(pair, context, { signal: stopping.signal, patient: true });
    if (parts.has('applier')) appliers.set(name, await openApplierPart(pair, context));
    if (parts.has('reconciler')) reconcilers.set(name, await openReconcilerPart(pair, context, { scheduled: true }));
    context.logger.info({ pair: name }, 'running');
  };
  // One pair whose shop does not answer keeps no other waiting.
  const opening = [...context.pairs.values()].map((pair) =>
    openPair(pair).catch((error: unknown) => {
      if (!stopping.signal.aborted) failing.reject(error);
    }),
  );

  return {
    ingestUrl: ingest?.url ?? null,
    appliers,
    reconcilers,
    failed: failing.promise,
    stop: async () => {
      stopping.abort(new Error('Stopping'));
      await Promise.all(opening);
      await ingest?.stop();
      await Promise.all([...reconcilers.values()].map((part) => part.stop()));
      await Promise.all([...appliers.values()].map((part) => part.stop()));
    },
  };
}

function openIngestPart(context: Context, reconcilers: ReadonlyMap<string, ReconcilerPart>): Promise<Ingest> {
  const { config, log, facts, clock } = context;
  const logger = context.logger.child({ service: 'ingest' });
  return openIngest({
    pairs: [...context.pairs.values()].map(({ settings, source }) => ({
      name: settings.name,
      readWebhook: source.readWebhook,
      secrets: source.webhookSecrets,
    })),
    log,
    facts,
    dataDir: config.dataDir,
    clock,
    logger,
    ports: config.ingest,
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
