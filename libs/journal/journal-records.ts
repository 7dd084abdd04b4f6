import { z } from 'zod';

/**
 * How every news ended, worst first: an outcome of a root is the worst of its entities.
 * `coalesced` names the offset it went into.
 */
export const OUTCOMES = [
  'delayed',
  'parked',
  'differs',
  'applied',
  'observed',
  'unchanged',
  'out-of-scope',
  'coalesced',
] as const;
export const outcomeSchema = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof outcomeSchema>;

/** One field that differed: values of plain fields, keyed fingerprints of personal ones. */
export const fieldDifferenceSchema = z.object({
  entity: z.string().describe('`<entity>:<sourceId>`'),
  field: z.string().describe('Canonical dotted name'),
  source: z.unknown().describe('What the source says after mapping (fingerprint for personal fields)'),
  target: z.unknown().describe('What the target had when it was read'),
  /** Fingerprint of what the source said, after mapping and before the target's own vocabulary, as settled facts keep it. */
  said: z.string().optional(),
  /** The target still holds what it said it stored when we last wrote it. */
  baseline: z.enum(['same', 'moved', 'none']),
  /** Why the field was not written although it differs. */
  withheld: z.string().optional(),
});
export type FieldDifference = z.infer<typeof fieldDifferenceSchema>;

const entityOutcomeSchema = z.object({
  entity: z.string().describe('`<entity>:<sourceId>`'),
  label: z.string().nullable().describe('SKU or order number, for people; null for customers'),
  outcome: outcomeSchema,
  reason: z.string().optional(),
  targetId: z.string().optional(),
  created: z.boolean().optional(),
});
export type EntityOutcome = z.infer<typeof entityOutcomeSchema>;

/** One news' end. */
export const newsOutcomeSchema = z.object({
  offset: z.number(),
  root: z.string().describe('`<root>:<rootId>`'),
  kind: z.string(),
  via: z.string(),
  run: z.string().optional(),
  outcome: outcomeSchema,
  reason: z.string().optional(),
  message: z.string().optional(),
  coalescedInto: z.number().optional(),
  receivedAt: z.number(),
  sourceChangedAt: z.string().nullable().optional(),
  entities: z.array(entityOutcomeSchema).optional(),
  differences: z.array(fieldDifferenceSchema).optional(),
});
export type NewsOutcome = z.infer<typeof newsOutcomeSchema>;

/** One record a batch: how each news of a range of offsets ended. */
export const batchRecordSchema = z.object({
  v: z.literal(1),
  type: z.literal('batch'),
  at: z.number(),
  outcomes: z.array(newsOutcomeSchema),
});

/** Before a call to the target: what is expected there and what is wanted. */
export const beforeRecordSchema = z.object({
  v: z.literal(1),
  type: z.literal('before'),
  at: z.number(),
  call: z.string(),
  root: z.string(),
  targetId: z.string().nullable(),
  action: z.enum(['patch', 'create', 'archive', 'delete', 'restore']),
  fields: z.array(z.object({ entity: z.string(), field: z.string(), expected: z.unknown(), wanted: z.unknown() })),
});

/** After it: as stored, or what became of it. */
export const afterRecordSchema = z.object({
  v: z.literal(1),
  type: z.literal('after'),
  at: z.number(),
  call: z.string(),
  root: z.string(),
  targetId: z.string().nullable(),
  outcome: z.string(),
  fields: z.array(z.object({ entity: z.string(), field: z.string(), stored: z.unknown() })),
});

export const journalRecordSchema = z.discriminatedUnion('type', [
  batchRecordSchema,
  beforeRecordSchema,
  afterRecordSchema,
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;
export type BatchRecord = z.infer<typeof batchRecordSchema>;
export type BeforeRecord = z.infer<typeof beforeRecordSchema>;
export type AfterRecord = z.infer<typeof afterRecordSchema>;
