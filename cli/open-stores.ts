import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { openKafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { projectFacts } from '#libs/facts/project-facts.ts';
import type { Timing } from '#libs/model/pair.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { ClusterConfig } from '#libs/runtime/config/cluster-schema.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { loadFingerprintKey, toFingerprintKey } from '#libs/runtime/fingerprint-key.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openEmbeddedStateStore } from '#libs/state/embedded-state-store.ts';
import { openRedisStateStore } from '#libs/state/redis/redis-state-store.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import { takeInstance } from './take-instance.ts';

export type Stores = {
  readonly log: EventLog;
  readonly state: StateStore;
  readonly facts: FactStore;
  /** A folder of this process alone: spool, journal. */
  readonly instanceDir: string;
  /** The key of all fingerprints, the same in every process. */
  readonly fingerprintKey: () => Promise<Buffer>;
  readonly close: () => Promise<void>;
};

export type OpenStoresOptions = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where this process listens for other verbs; only the embedded log has one process to be asked. */
  readonly socketPath?: string;
};

/**
 * Opens log and state as the config says: embedded, which takes the folder, or on a cluster, where each process has a folder of its
 * own below it.
 *
 * @throws {SyncError} FOLDER_IN_USE
 */
export async function openStores(config: LoadedConfig, options: OpenStoresOptions): Promise<Stores> {
  return config.cluster === null ? openEmbedded(config, options) : openOnCluster(config, config.cluster, options);
}

async function openEmbedded(
  { dataDir, timing }: LoadedConfig,
  { clock, socketPath }: OpenStoresOptions,
): Promise<Stores> {
  const log = await openEmbeddedEventLog({
    dataDir,
    clock,
    delayTiersMs: delayTiers(timing),
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  const state = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
  return {
    log,
    state,
    facts: createFactStore({ log, state, clock }),
    instanceDir: dataDir,
    fingerprintKey: () => loadFingerprintKey(dataDir),
    close: async () => {
      await state.close();
      await log.close();
    },
  };
}

async function openOnCluster(
  { dataDir, timing }: LoadedConfig,
  { kafka: { prefix, ...cluster }, redisUrl, fingerprintKey }: ClusterConfig,
  { clock, logger }: OpenStoresOptions,
): Promise<Stores> {
  const instance = takeInstance(dataDir, clock.now());
  const { sessionMs } = timing;
  const log = openKafkaEventLog({ cluster, prefix, clock, delayTiersMs: delayTiers(timing), sessionMs, logger });
  const state = openRedisStateStore({ url: redisUrl, prefix, logger });
  const holder = randomId();
  const facts = createFactStore({ log, state, clock, holder });
  const projecting = projectFacts({ facts, state, clock, holder, logger });
  return {
    log,
    state,
    facts,
    instanceDir: instance.dir,
    fingerprintKey: async () =>
      toFingerprintKey(fingerprintKey ?? (await log.keepNote('fingerprint-key', () => randomId() + randomId()))),
    close: async () => {
      await projecting.stop();
      await log.close();
      await state.close();
      instance.release();
    },
  };
}

/** The waits of the ladder and landing, in rising order. */
export function delayTiers({ retriesMs, landingMs }: Timing): readonly number[] {
  return [...retriesMs, landingMs].toSorted((a, b) => a - b);
}
