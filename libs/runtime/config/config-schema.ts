import { z } from 'zod';

import { kafkaSchema } from './cluster-schema.ts';
import { durationSchema } from './duration.ts';
import { pairSchema } from './pair-schema.ts';

const retriesSchema = z
  .tuple([durationSchema, durationSchema, durationSchema])
  .prefault(['10s', '1m', '10m'])
  .describe('Waits of an entity’s failed attempts; after the last it is parked');

/** Every wait has a name and a default. */
export const timingSchema = z.strictObject({
  landing: durationSchema
    .optional()
    .describe('How long a call that was sent can still take effect; absent: each connector’s own'),
  lookAgain: durationSchema.prefault('1h').describe('When a creation that could be doubled is looked for once more'),
  publish: durationSchema.prefault('2s').describe('How long a webhook waits for the log before it is spooled'),
  lateAfter: durationSchema
    .prefault('15m')
    .describe('A difference younger than this whose webhook has not come is under way'),
  retries: retriesSchema,
  session: durationSchema.prefault('30s').describe('After this long without a sign of life an owner is taken over'),
  coalesce: durationSchema.prefault('20ms').describe('How long a call waits for more to join it'),
  call: durationSchema.prefault('30s').describe('How long a call to a store may take'),
});

const portSchema = z.int().min(0).max(65_535);

const ingestSchema = z.strictObject({
  host: z.string().default('0.0.0.0').describe('Where webhooks are listened for'),
  port: portSchema.default(8787).describe('Port for webhooks'),
  privateHost: z.string().default('127.0.0.1').describe('Where health and metrics are listened for'),
  privatePort: portSchema.default(8789).describe('Port for health and metrics'),
  publicUrl: z.url().optional().describe('How the old shop reaches this process, without /webhooks'),
  bodyLimitBytes: z
    .int()
    .min(1_024)
    .max(64 * 1_048_576)
    .default(5 * 1_048_576)
    .describe('Webhooks that are larger are answered 413'),
});

/** The whole of `lockstep.config.yaml`. Types, the editor's hints and the reference page come from here. */
export const configSchema = z.strictObject({
  pairs: z
    .record(
      z.string().regex(/^[a-z0-9-]{1,40}$/, { error: 'is no name for a pair: use up to 40 of a-z, 0-9 and -' }),
      pairSchema,
    )
    .prefault({})
    .describe('Old shop and new shop, and what is carried from one to the other, by the pair’s name'),
  ingest: ingestSchema.prefault({}).describe('How webhooks come in'),
  timing: timingSchema.prefault({}).describe('Every wait, by name'),
  dataDir: z.string().min(1).default('.lockstep').describe('Folder of log, state and spool; relative to this file'),
  reports: z
    .strictObject({ dir: z.string().min(1).optional().describe('Absent: `reports` in dataDir') })
    .prefault({})
    .describe('Where reports lie'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('From which level on lines are logged'),
  log: z
    .strictObject({ kafka: kafkaSchema.optional().describe('Apache Kafka as the log; needs Redis beside it') })
    .optional()
    .describe('Absent: the embedded log in dataDir'),
  state: z
    .strictObject({
      redis: z
        .string()
        .regex(/^rediss?:\/\//, { error: 'is no address of Redis: write redis://host:6379, or rediss:// for TLS' })
        .optional()
        .describe('Redis as the state store; needs Kafka beside it'),
    })
    .optional()
    .describe('Absent: the embedded state store in dataDir'),
  fingerprintKey: z
    .string()
    .min(32)
    .optional()
    .describe(
      'On a cluster: the secret of all fingerprints, 32 characters or more; absent: made once and kept on the log',
    ),
});
export type Config = z.infer<typeof configSchema>;
