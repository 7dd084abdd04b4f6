import type { KafkaCluster } from '#libs/event-log/kafka/kafka-connection.ts';
import { openKafkaEventLog, type KafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { SESSION_MS } from './kafka-processes.ts';

export const aPrefix = (): string => `s-${randomId().slice(0, 8)}`;

/** A log that closes itself at the end of its test. */
export function openSecured(cluster: KafkaCluster, prefix: string): KafkaEventLog & AsyncDisposable {
  const log = openKafkaEventLog({
    cluster,
    prefix,
    clock: systemClock,
    delayTiersMs: [200, 400, 400, 400],
    sessionMs: SESSION_MS,
    sharedPartitions: 2,
    logger: silentLogger,
  });
  return { ...log, [Symbol.asyncDispose]: () => log.close() };
}

export async function settled(log: Pick<EventLog, 'lag'>): Promise<boolean> {
  const { behind, delayed } = await log.lag('acme');
  return behind === 0 && delayed === 0;
}
