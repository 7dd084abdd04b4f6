import { z } from 'zod';

import type { ConfigPath } from './yaml-source.ts';
import { valueAt } from './zod-mistakes.ts';

const pem = z.string().regex(/-----BEGIN/, { error: 'is no PEM text: give it as "${NAME}" from the environment' });

/** Apache Kafka as the log. */
export const kafkaSchema = z.strictObject({
  brokers: z
    .array(z.string().min(1))
    .min(1)
    .describe('`host:port` of some brokers; one text may name several, with commas'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, { error: 'is no prefix for topics: use up to 40 of A-Z, a-z, 0-9, _ and -' })
    .default('lockstep')
    .describe('Begins the name of every topic and group, and every key in Redis'),
  ssl: z
    .union([z.boolean(), z.strictObject({ ca: pem.optional(), cert: pem.optional(), key: pem.optional() })])
    .default(false)
    .describe('TLS: true, or certificates in PEM'),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('As the brokers ask for it'),
      username: z.string().min(1).describe('Name at the brokers'),
      password: z.string().min(1).describe('Secret at the brokers; only from the environment'),
    })
    .optional()
    .describe('How this process proves who it is'),
});
export type KafkaConfigPart = z.infer<typeof kafkaSchema>;

/** Where log and state lie when they are not embedded. */
export type ClusterConfig = {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly prefix: string;
    readonly ssl?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
    readonly sasl?: NonNullable<KafkaConfigPart['sasl']>;
  };
  readonly redisUrl: string;
  /** The text of `fingerprintKey`; null: the key is kept on the log. */
  readonly fingerprintKey: string | null;
};

/** The cluster's part of a config; null where log and state are embedded. */
export function toCluster(config: {
  readonly log?: { readonly kafka?: KafkaConfigPart | undefined } | undefined;
  readonly state?: { readonly redis?: string | undefined } | undefined;
  readonly fingerprintKey?: string | undefined;
}): ClusterConfig | null {
  const kafka = config.log?.kafka;
  const redisUrl = config.state?.redis;
  if (kafka === undefined || redisUrl === undefined) return null;
  const { brokers, prefix, ssl, sasl } = kafka;
  return {
    kafka: {
      brokers: brokers.flatMap((text) => text.split(',')).map((broker) => broker.trim()),
      prefix,
      ...(ssl === false ? {} : { ssl: toTls(ssl) }),
      ...(sasl === undefined ? {} : { sasl }),
    },
    redisUrl,
    fingerprintKey: config.fingerprintKey ?? null,
  };
}

function toTls(
  ssl:
    | true
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined },
) {
  if (ssl === true) return true;
  const { ca, cert, key } = ssl;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Kafka and Redis come together: what several processes share must be shared whole. */
export function findHalfCluster(raw: unknown): readonly { readonly path: ConfigPath; readonly message: string }[] {
  const kafka = valueAt(raw, ['log', 'kafka']);
  const redis = valueAt(raw, ['state', 'redis']);
  if (kafka !== undefined && redis === undefined)
    return [{ path: ['log', 'kafka'], message: 'needs Redis beside it: add state: { redis: redis://host:6379 }' }];
  if (typeof redis === 'string' && /:[^/@]+@/.test(redis) && !redis.includes('${'))
    return [
      {
        path: ['state', 'redis'],
        message: 'holds a password as plain text: write "${REDIS_URL}" and set it in the environment',
      },
    ];
  if (redis !== undefined && kafka === undefined)
    return [
      { path: ['state', 'redis'], message: 'needs Kafka beside it: add log: { kafka: { brokers: [host:9092] } }' },
    ];
  return [];
}
