import kafkajs from 'kafkajs';
import type {
  Admin,
  Consumer,
  ConsumerConfig,
  ISocketFactory,
  KafkaConfig,
  PartitionAssigner,
  Producer,
} from 'kafkajs';
import type { Logger } from '#libs/runtime/logger.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { partitionOf } from '../key-partition.ts';
import { quietRequestQueues } from './quiet-request-queues.ts';

// It is CommonJS: Node finds no names in it.
const { ConfigResourceTypes, KafkaJSError, logLevel, PartitionAssigners } = kafkajs;

export type { Admin, Consumer, ConsumerConfig, EachBatchPayload, ISocketFactory, Producer } from 'kafkajs';

/** How a cluster is reached. */
export type KafkaCluster = {
  readonly brokers: readonly string[];
  /** TLS: true for the system's own authorities, or certificates in PEM. */
  readonly ssl?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Names this process in the brokers' logs. @default lockstep */
  readonly clientId?: string;
  /** Makes the sockets (tests cut and freeze them). */
  readonly socketFactory?: ISocketFactory;
};

/** A process' connections to the cluster; each producer and consumer has its own, so that one deleted topic stops no other. */
export type KafkaConnection = {
  readonly admin: () => Promise<Admin>;
  /**
   * The next `admin` is a new one. A client that was ever asked about a topic asks about it again with whatever else it is asked, and
   * fails altogether once that topic is deleted.
   */
  readonly renewAdmin: () => void;
  /** The producer of a name: made and connected when first asked for. */
  readonly producer: (name: string) => Promise<Producer>;
  readonly consumer: (config: ConsumerConfig) => Consumer;
  /** Runs a call to the cluster; what the cluster says comes back as LOG_UNAVAILABLE. */
  readonly ask: <T>(action: string, run: () => Promise<T>) => Promise<T>;
  readonly isClosed: () => boolean;
  readonly close: () => Promise<void>;
};

/** Kinds of things that have settings, by the protocol's own numbers. */
export const SETTINGS_OF = { topic: ConfigResourceTypes.TOPIC, broker: ConfigResourceTypes.BROKER } as const;

const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 };

/** Nothing is connected before it is asked for. */
export function connectKafka(cluster: KafkaCluster, logger: Logger): KafkaConnection {
  quietRequestQueues();
  const kafka = new kafkajs.Kafka({ ...toKafkaConfig(cluster), logCreator: () => toLog(logger) });
  const producers = new Map<string, Promise<Producer>>();
  const admins: Promise<Admin>[] = [];
  let admin: Promise<Admin> | null = null;
  let closed = false;

  async function ask<T>(action: string, run: () => Promise<T>): Promise<T> {
    if (closed) throw unavailable(action, 'it was closed');
    try {
      return await run();
    } catch (error) {
      if (error instanceof SyncError) throw error;
      throw new SyncError('LOG_UNAVAILABLE', `Cannot ${action}: ${describe(error)}`, { cause: error });
    }
  }

  return {
    ask,
    isClosed: () => closed,
    admin() {
      if (admin !== null) return admin;
      admin = keep(connectAdmin(kafka), () => (admin = null));
      // A renewed one is ended with the rest, as others may be waiting for its answers.
      admins.push(admin);
      return admin;
    },
    renewAdmin() {
      admin = null;
    },
    producer(name) {
      const made = producers.get(name) ?? keep(connectProducer(kafka), () => producers.delete(name));
      producers.set(name, made);
      return made;
    },
    consumer: (config) => kafka.consumer(config),
    async close() {
      closed = true;
      const open = [...producers.values(), ...admins];
      await Promise.allSettled(open.map(async (client) => (await client).disconnect()));
    },
  };
}

// A connection that could not be made is not kept: the next call tries again.
function keep<T>(connecting: Promise<T>, forget: () => void): Promise<T> {
  connecting.catch(forget);
  return connecting;
}

async function connectAdmin(kafka: kafkajs.Kafka): Promise<Admin> {
  const admin = kafka.admin({ retry: RETRY });
  await admin.connect();
  return admin;
}

async function connectProducer(kafka: kafkajs.Kafka): Promise<Producer> {
  const producer = kafka.producer({
    retry: RETRY,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message, partitionMetadata }) =>
        message.partition ?? partitionOf(String(message.key), partitionMetadata.length),
  });
  await producer.connect();
  return producer;
}

/** How the client library is told to reach the cluster. */
export function toKafkaConfig({ brokers, ssl, sasl, clientId, socketFactory }: KafkaCluster): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId: clientId ?? 'lockstep',
    connectionTimeout: 5_000,
    requestTimeout: 20_000,
    retry: RETRY,
    logLevel: logLevel.WARN,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: toSasl(sasl) }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  };
}

// kafkajs wants the mechanism and its options to be of one kind.
function toSasl({
  mechanism,
  username,
  password,
}: NonNullable<KafkaCluster['sasl']>): NonNullable<KafkaConfig['sasl']> {
  if (mechanism === 'plain') return { mechanism, username, password };
  return mechanism === 'scram-sha-256' ? { mechanism, username, password } : { mechanism, username, password };
}

function toLog(logger: Logger) {
  // The client library's "errors" are mostly a broker that is away, which it mends by itself: they are told as warnings.
  return ({ namespace, log }: { readonly namespace: string; readonly log: Readonly<Record<string, unknown>> }) => {
    const { message, error, broker, groupId, topic, partition } = log;
    logger.debug({ client: namespace, error: asText(error), broker, groupId, topic, partition }, asText(message) ?? '');
  };
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'the cluster refused';
}

/**
 * The client library's own way of dealing out partitions, with a word before each join: it tells of some of them by no event, and
 * what is committed in the moment between a join and its event would count for the new generation.
 */
export function roundRobin(beforeJoin: () => void): PartitionAssigner {
  return (config) => {
    const inner = PartitionAssigners.roundRobin(config);
    return {
      ...inner,
      protocol(subscription) {
        beforeJoin();
        return inner.protocol(subscription);
      },
    };
  };
}

/** Whether an error is one of the client library: the cluster refused, or is away. */
export function isClientError(error: unknown): boolean {
  return error instanceof KafkaJSError;
}

export function unavailable(action: string, why: string): SyncError {
  return new SyncError('LOG_UNAVAILABLE', `Cannot ${action}: ${why}`);
}

/** The protocol's own name of an error (`ILLEGAL_GENERATION`), where the cluster gave one. */
export function kafkaErrorType(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return 'cause' in error ? kafkaErrorType(error.cause) : null;
}
