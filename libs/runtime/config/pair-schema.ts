import { z } from 'zod';

import { durationSchema } from './duration.ts';
import { syncSchema } from './sync-schema.ts';

const instantSchema = z.iso.datetime({
  offset: true,
  error: 'is not a point in time: write 2026-11-02T08:00:00Z, with its zone',
});

// What stands beside these keys belongs to the platform, which brings its own schema.
const sourceSchema = z.looseObject({
  platform: z.string().describe('Which platform the old shop runs on'),
  webhooks: z.enum(['on', 'off']).default('on').describe('`off`: the shop is followed by sweeps alone'),
});
const targetSchema = z.looseObject({
  platform: z.string().describe('Which platform the new shop runs on'),
});

const createPolicySchema = z.enum(['none', 'new', 'all']);
const deletePolicySchema = z.enum(['keep', 'archive', 'delete']).default('keep');

const scopeSchema = z.strictObject({
  order: z
    .strictObject({
      createdSince: instantSchema.optional().describe('Older orders are left out'),
      exclude: z.array(z.string()).optional().describe('Status words, or numbers, of orders that are left out'),
    })
    .optional()
    .describe('Which orders are carried'),
  product: z
    .strictObject({
      categories: z.array(z.string()).optional().describe('Only products in one of these categories'),
      excludeSkus: z.array(z.string()).optional().describe('SKUs that are left out'),
      types: z.array(z.string()).optional().describe('Only products of these kinds'),
    })
    .optional()
    .describe('Which products are carried'),
});

const reconcileSchema = z.strictObject({
  cron: z.string().default('0 2 * * *').describe('When both shops are compared; `off`: only when asked'),
  timezone: z.string().default('UTC').describe('Time zone of the cron line'),
  sweepEvery: z
    .union([z.literal('off'), durationSchema])
    .prefault('5m')
    .describe('How often the old shop is asked what changed since the last sweep; `off`: never'),
  scanShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe(
      'Share of the old shop’s rate budget for the rolling scan, which finds what moves no clock there; 0, or no sweeps: none',
    ),
  repair: z.boolean().default(true).describe('Whether the comparison by cron also puts right what differs'),
});

/** One pair as the config writes it. */
export const pairSchema = z.strictObject({
  source: sourceSchema.describe('The old shop'),
  target: targetSchema.describe('The new shop'),
  migratedAt: instantSchema.optional().describe('When the full migration was taken; what is younger counts as new'),
  sync: syncSchema.describe('What is carried; nothing else is ever written on an entity that exists'),
  create: z
    .strictObject({
      product: createPolicySchema.default('none').describe('Products that the new shop lacks'),
      order: createPolicySchema.default('none').describe('Orders that the new shop lacks'),
      customer: createPolicySchema.default('none').describe('Customers that the new shop lacks'),
    })
    .prefault({})
    .describe(
      'What may be created: `none`, `new` (since migratedAt), or `all`, once everything at the new shop is linked or set aside',
    ),
  reconcile: reconcileSchema.prefault({}).describe('Sweeps and comparisons'),
  scope: scopeSchema.prefault({}).describe('What is left out; it is no drift'),
  stamp: z
    .boolean()
    .default(false)
    .describe('Writes the source id onto linked entities that Lockstep did not make, where they carry none'),
  partitions: z.int().min(1).max(64).default(1).describe('Partitions of the pair’s changes on the log'),
  delete: z
    .strictObject({
      product: deletePolicySchema.describe('Products that were deleted at the old shop'),
      order: deletePolicySchema.describe('Orders that were deleted at the old shop'),
      customer: deletePolicySchema.describe('Customers that were deleted at the old shop'),
    })
    .prefault({})
    .describe(
      'What becomes of an entity at the new shop that was deleted at the old one: `keep`, `archive` (taken back should it return) or `delete`',
    ),
  match: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('How entities are recognised; comes with a later version'),
  brakes: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('When a field is held because too much of it turns at once; comes with a later version'),
});
export type PairConfig = z.infer<typeof pairSchema>;
