import { basename, join } from 'node:path';

import type { Hono } from 'hono';

import type { EventLog } from '#libs/event-log/event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { isErrno } from '#libs/runtime/data-dir.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { createMetrics, type Metrics } from '#libs/runtime/metrics.ts';
import type { IngestPair } from './app.ts';
import { createIngestApp } from './app.ts';
import { listen, type Listening } from './listen.ts';
import { createPrivateApp, ingestReadiness } from './private-app.ts';
import type { PublisherHealth } from './publish-changes.ts';
import { createChangePublisher } from './publish-changes.ts';
import { openRawStore } from './raw-store.ts';
import { openSpool } from './spool.ts';

export type IngestDeps = {
  readonly pairs: readonly IngestPair[];
  readonly log: Pick<EventLog, 'publish' | 'openPair'>;
  readonly facts: Pick<FactStore, 'put'>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0: any free port. */
  readonly ports: {
    readonly host: string;
    readonly port: number;
    readonly privateHost: string;
    readonly privatePort: number;
  };
  /** What the process counts: shown whole on the private port. @default what ingest counts alone */
  readonly metrics?: Metrics;
  readonly bodyLimitBytes: number;
  readonly publishMs: number;
  readonly onUnreadable?: (pair: string, root: RootKind | null) => void;
};

export type Ingest = AsyncDisposable & {
  /** Where the process listens (`http://127.0.0.1:8787`); `/webhooks/<pair>` lies below. */
  readonly url: string;
  readonly privateUrl: string;
  readonly health: () => PublisherHealth;
  /** Takes no more, finishes what was accepted. */
  readonly stop: () => Promise<void>;
};

const HOUR_MS = 3_600_000;

// Another process of the same config may have the private port: that is no reason to take no webhooks.
async function listenPrivately(app: Hono, { ports, logger }: IngestDeps): Promise<Listening> {
  try {
    return await listen(app, ports.privateHost, ports.privatePort);
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    const listening = await listen(app, ports.privateHost, 0);
    logger.warn(
      { port: ports.privatePort, url: listening.url },
      'the private port is taken: health and metrics are told on another one',
    );
    return listening;
  }
}

function unknownPairs(pairs: readonly IngestPair[], left: Iterable<string>): readonly string[] {
  const known = new Set(pairs.map(({ name }) => name));
  return [...left].filter((pair) => !known.has(pair));
}

// The log may be away when ingest starts: what it must have before the first publishing is made then.
function openingFirst(log: IngestDeps['log'], pairs: readonly string[]): Pick<EventLog, 'publish'> {
  let left = [...pairs];
  return {
    async publish(...args) {
      for (const pair of left) await log.openPair(pair);
      left = [];
      return log.publish(...args);
    },
  };
}

/** Opens the two ports of ingest. */
export async function openIngest(deps: IngestDeps): Promise<Ingest> {
  const { clock, logger, ports } = deps;
  const onUnreadable = deps.onUnreadable ?? (() => {});
  const spool = await openSpool({
    dir: join(deps.dataDir, 'spool'),
    onAside(file, lines) {
      logger.warn(
        { file: basename(file), lines },
        'spooled webhooks are not understood; every pair is swept for what they said',
      );
      for (const { name } of deps.pairs) onUnreadable(name, null);
    },
  });
  // News of a pair that has left the config since would otherwise be refused for ever, and block what came after it.
  const log = openingFirst(deps.log, unknownPairs(deps.pairs, spool.leftPairs));
  const raw = await openRawStore(join(deps.dataDir, 'spool', 'raw'), clock);
  const publisher = createChangePublisher({ ...deps, log, spool });
  const metrics = deps.metrics ?? createMetrics();
  metrics.onRead((set) => {
    const health = publisher.health();
    set('lockstep_ingest_spooled', {}, health.spooled);
    set('lockstep_ingest_log_well', {}, health.log === 'well' ? 1 : 0);
  });
  const app = createIngestApp({ ...deps, publisher, raw, metrics, onUnreadable });
  const open = await listen(app, ports.host, ports.port);
  const closed = await listenPrivately(
    createPrivateApp({ metrics, readiness: () => ingestReadiness(publisher.health()) }),
    deps,
  );

  let cancelForget = () => {};
  const forget = (): void => {
    raw.forget().catch((error: unknown) => logger.warn({ err: error }, 'old raw webhooks could not be deleted'));
    cancelForget = clock.after(HOUR_MS, forget);
  };
  forget();

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    cancelForget();
    await open.close();
    await publisher.stop();
    await spool.close();
    await closed.close();
  };
  const once = () => (stopping ??= stop());
  return {
    url: open.url,
    privateUrl: closed.url,
    health: publisher.health,
    stop: once,
    [Symbol.asyncDispose]: once,
  };
}
