import { openKafkaAdmin, type KafkaAdmin, type PairPlace } from '#libs/event-log/kafka/kafka-admin.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { createLogger } from '#libs/runtime/logger.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { choosePair } from './context.ts';
import type { Io } from './io.ts';
import type { VerbArgs } from './verb.ts';

/** What an action of `lockstep kafka` works with. */
export type ClusterCall = {
  readonly args: VerbArgs;
  readonly io: Io;
  readonly config: LoadedConfig;
  readonly cluster: KafkaAdmin;
  /** The pair that was named, as it was written. */
  readonly pair: string | undefined;
};

/**
 * The cluster of a config, for who operates it. It takes no lock and asks no running process.
 *
 * @throws {SyncError} USAGE: the log is embedded.
 */
export function openCluster(config: LoadedConfig, io: Io, action: string): KafkaAdmin {
  if (config.cluster === null)
    throw new SyncError(
      'USAGE',
      `Cannot do "${action}": the log is embedded in ${config.dataDir}; it is on a cluster when the config says log.kafka.brokers`,
    );
  const { prefix, ...cluster } = config.cluster.kafka;
  const logger = createLogger({
    service: 'lockstep',
    level: 'warn',
    destination: { write: io.err },
    pretty: io.errColumns !== undefined,
    secrets: config.secrets,
  });
  return openKafkaAdmin({ cluster, prefix, clock: systemClock, logger });
}

/**
 * The pair that is named, or all of the config.
 *
 * @throws {SyncError} PAIR_UNKNOWN
 */
export function placesOf(config: LoadedConfig, name: string | undefined): readonly PairPlace[] {
  const wanted = name === undefined ? null : choosePair(config, name);
  return config.pairs
    .filter(({ settings }) => wanted === null || settings.name === wanted)
    .map(({ settings }) => ({ pair: settings.name, partitions: settings.partitions }));
}
