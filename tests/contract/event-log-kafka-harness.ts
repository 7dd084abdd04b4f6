import type { Socket } from 'node:net';
import { connect as connectSocket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { openKafkaEventLog, type KafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import { kafkaNames } from '#libs/event-log/kafka/kafka-topics.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { randomId } from '#libs/runtime/random.ts';
import { homeOf, type EventLogHarness } from './event-log-harness.ts';

const SESSION_MS = 1_500;

/** The sockets of one simulated process: frozen, they carry nothing either way; dead, there are no more. */
export function createWires() {
  const sockets = new Set<Socket>();
  let status: 'open' | 'frozen' | 'dead' = 'open';
  return {
    socketFactory({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Socket {
      const socket = connectSocket({ host, port }, onConnect);
      if (status === 'dead') socket.destroy(new Error('This process is dead'));
      if (status === 'frozen') hold(socket);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      return socket;
    },
    freeze() {
      status = 'frozen';
      for (const socket of sockets) hold(socket);
    },
    thaw() {
      status = 'open';
      for (const socket of sockets) {
        socket.uncork();
        socket.resume();
      }
    },
    kill() {
      status = 'dead';
      for (const socket of sockets) socket.destroy();
    },
  };
}

function hold(socket: Socket): void {
  socket.cork();
  socket.pause();
}

/** A log of its own on a cluster, whose processes can be cut off and frozen. */
export async function openKafkaHarness(brokers: readonly string[], partitions: number): Promise<EventLogHarness> {
  const prefix = `t-${randomId().slice(0, 12)}`;
  const names = kafkaNames(prefix);
  const delayTiersMs = [200, 600, 1_200, 1_800];
  const processes = new Map<unknown, { log: KafkaEventLog; wires: ReturnType<typeof createWires> }>();
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();

  async function connect() {
    const wires = createWires();
    const log = openKafkaEventLog({
      cluster: { brokers: [...brokers], socketFactory: (args) => wires.socketFactory(args) },
      prefix,
      clock: systemClock,
      delayTiersMs,
      sessionMs: SESSION_MS,
      sharedPartitions: 2,
      logger: silentLogger,
    });
    processes.set(log, { log, wires });
    return log;
  }

  return {
    clock: systemClock,
    delayTiersMs,
    sessionMs: SESSION_MS,
    partitions,
    connect,
    async kill(log) {
      processes.get(log)?.wires.kill();
      await processes.get(log)?.log.abandon();
    },
    freeze: async (log) => processes.get(log)?.wires.freeze(),
    thaw: async (log) => processes.get(log)?.wires.thaw(),
    pass: (ms) => wait(ms),
    async appendRaw(_log, pair, bytes) {
      const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      const message = { partition: homeOf({ partitions }), value: Buffer.from(bytes) };
      await producer.send({ topic: names.changes(pair), messages: [message] });
      await producer.disconnect();
    },
    async loseNews(_log, pair) {
      const topic = names.changes(pair);
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({
        topic,
        partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
      });
    },
    async forgetCommits(pair) {
      await admin.deleteGroups([names.group(pair)]);
    },
    async close() {
      for (const { log, wires } of processes.values()) {
        await log.abandon();
        wires.kill();
      }
      const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(`${prefix}.`));
      await admin.deleteTopics({ topics: mine }).catch(() => undefined);
      await admin.disconnect();
    },
  };
}
