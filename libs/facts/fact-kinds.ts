import { z } from 'zod';

const time = z.number().describe('Milliseconds since the epoch');
const fieldPrints = z.record(z.string(), z.string()).describe('Field name → keyed fingerprint');

/** Source id ↔ target id of one entity. Id of the fact: `<entity>:<sourceId>`. */
export const linkSchema = z.object({
  targetId: z.string(),
  /** The target product of a variant; the source product it was under. */
  targetRootId: z.string().optional(),
  sourceRootId: z.string().optional(),
  by: z.enum(['source-id', 'sku', 'order-number', 'email', 'created', 'import', 'person']),
  at: time,
});

/** The phase of the pair. Id: `phase`. */
export const phaseSchema = z.object({
  phase: z.enum(['observe', 'follow', 'closed']),
  at: time,
  by: z.string(),
});

/** What a person approved. Id: `approval`. */
export const approvalSchema = z.object({
  at: time,
  by: z.string(),
  planId: z.string(),
  configHash: z.string(),
  planned: z.number(),
  inherited: z.number(),
  toCreate: z.number(),
});

/** A creation whose outcome is unknown: until then no news of the key creates. Id: `<entity>:<sourceId>`. */
export const creatingSchema = z.object({ until: time, since: time, key: z.string() });

/**
 * Lockstep archived or deleted a root at the target, because its counterpart was gone from the source: written before the call, `done`
 * once the target said so. What people archived there has none, and is never restored. Id: `<root>:<rootId>`.
 */
export const retiredSchema = z.object({
  at: time,
  how: z.enum(['archive', 'delete']),
  targetId: z.string(),
  done: z.boolean(),
  /** Until then the call may still take effect. */
  until: time,
});

/**
 * A creation whose outcome had been unknown and that was found, on a platform that could hold it twice: it is looked for once more.
 * Id: `<root>:<rootId>`.
 */
export const doubtfulSchema = z.object({ since: time, lookAt: time });

/** One record a root. Id: `<root>:<rootId>`. */
export const settledSchema = z.object({
  at: time,
  /** When the read of the source that it rests on began; absent in records of older versions. */
  readAt: time.optional(),
  /** The source's clock of what was settled. */
  changedAt: z.string().nullable(),
  /** Fingerprint of the selected fields of the whole root at the source (after mapping), for the sweep. Null when only a part was read. */
  print: z.string().nullable(),
  /** What the source said, by `<entity>:<sourceId>/<field>`. */
  wanted: fieldPrints,
  /** What the target said it stored when we last wrote, same keys: the baseline. */
  stored: fieldPrints,
});

/**
 * Set aside for a person. Id: `<root>:<rootId>`; `child:<kind>:<id>` where the source did not say which root a child belongs to;
 * `record:<partition>:<offset>` for what could not be decoded.
 */
export const parkedSchema = z.object({
  at: time,
  reason: z.string(),
  /** The platform's own words, or ours; no customer data. */
  message: z.string(),
  fields: z.array(z.string()),
  tries: z.number(),
  /** Entities within the root that caused it. */
  entities: z.array(z.string()),
});

/** Failed attempts of a root; at most one delayed retry of it is outstanding (until `until`). Id: `<root>:<rootId>`. */
export const retryingSchema = z.object({ tries: z.number(), until: time });

/**
 * Set aside by a person for good: nothing is made, linked or written of it, and nothing waits for it. Id: `source/<root>:<rootId>`, or
 * `target/<root>:<targetId>` for what only the target has.
 */
export const ignoredSchema = z.object({ at: time, by: z.string() });

/** A hold of the pair (`*`) or of one field. Id: `*` or the field name. */
export const holdSchema = z.object({ at: time, by: z.string(), reason: z.string() });

/** How much of one sort was done of late, so that a shop that collapses is not followed. Id: `deleted`. */
export const brakeSchema = z.object({
  since: time,
  count: z.number(),
  /** When it held the pair; null: it does not. */
  heldAt: time.nullable(),
  /** A person has accepted what it held: until then it holds nothing. */
  openUntil: time.nullable(),
});

/** A field that differs since approval and is kept as it is. Id: `<root>:<rootId>`. */
export const inheritedSchema = z.object({
  fields: z
    .record(z.string(), z.string())
    .describe('`<entity>:<sourceId>/<field>` → fingerprint of source and target together'),
});

/** Where the sweep is, by the source's clock. Id: the root kind. */
export const cursorSchema = z.object({
  at: z.string().nullable(),
  id: z.string().nullable(),
  sweptAt: time,
});

/** How far the rolling scan of a kind is. Id: the root kind. */
export const scanSchema = z.object({
  /** Behind which page it goes on; null: no round is under way. */
  cursor: z.string().nullable(),
  startedAt: time,
  /** Roots of this round so far, and what they cost of the source's budget. */
  seen: z.number(),
  cost: z.number(),
  /** How many there were when the round began; null: the store does not say. */
  of: z.number().nullable(),
  endedAt: time.nullable(),
  /** How long the last whole round took, milliseconds; null: there was none yet. */
  roundMs: z.number().nullable(),
});

/** The pinned identity of a store. Id: `source` or `target`. */
export const identitySchema = z.object({ id: z.string(), name: z.string(), pinnedAt: time });

/** Webhooks were registered for the pair, and how the last watch saw them. Gone where they were removed. Id: `webhooks`. */
export const subscribedSchema = z.object({
  at: time,
  by: z.string(),
  /** Where they call. */
  url: z.string(),
  /** The address by the config that a person overrode with it; absent: none. */
  overrides: z.string().optional(),
  wanted: z.number(),
  active: z.number(),
  /** What the watch leaves to a person, in words. */
  faults: z.array(z.string()),
  /** By root kind: how many changes only sweeps found since no webhook of it was heard. */
  unheard: z.record(z.string(), z.object({ since: time, found: z.number() })),
});

/** Signed, but not understood: kept raw for a day in the instance's spool. Id: hash. */
export const unreadableSchema = z.object({
  at: time,
  bytes: z.number(),
  reason: z.string(),
  topic: z.string(),
});

/** A gap in the log, or another reason for a full comparison. Id: `gap:<partition>`, or what asks. */
export const alarmSchema = z.object({ at: time, message: z.string() });

/** A comparison has answered the alarm of the same id that rang at `alarmAt`; apart from it, as it may ring again at any time. */
export const answeredSchema = z.object({ alarmAt: time });

/** Why a pair stands still although nobody holds it: a store refuses the credentials. Gone once it goes on. Id: `source` or `target`. */
export const stallSchema = z.object({ at: time, message: z.string(), remedy: z.string() });

/** Somebody did something: for `lockstep log`. Id: time and random part. */
export const actSchema = z.object({ at: time, by: z.string(), what: z.string() });

/**
 * Somebody asked the pair's reconciler for a full comparison, wherever it runs. `result` is what the comparison told, once `done`;
 * `failed` why there is none. Id: random.
 */
export const askedSchema = z.object({
  at: time,
  by: z.string(),
  /** Null: all. */
  entities: z.array(z.enum(['product', 'variant', 'order', 'customer'])).nullable(),
  repair: z.boolean(),
  dryRun: z.boolean(),
  done: z.boolean(),
  result: z.unknown().optional(),
  failed: z.string().optional(),
});

/** A full comparison: its state, for `status`. Id: run id. */
export const runSchema = z.object({
  at: time,
  endedAt: time.nullable(),
  drift: z.number(),
  repaired: z.number(),
  left: z.number(),
  repair: z.boolean(),
  report: z.string().nullable(),
});

/**
 * Mails of the target's shop that Lockstep has switched off, and puts back at `until`; written before the first is switched, so that
 * what was on before is never forgotten. Id: `target`.
 */
export const mailsSchema = z.object({
  at: time,
  by: z.string(),
  until: time,
  switched: z.array(z.object({ id: z.string(), title: z.string() })),
});

export const FACT_KINDS = {
  link: linkSchema,
  phase: phaseSchema,
  approval: approvalSchema,
  creating: creatingSchema,
  doubtful: doubtfulSchema,
  retired: retiredSchema,
  settled: settledSchema,
  parked: parkedSchema,
  retrying: retryingSchema,
  ignored: ignoredSchema,
  hold: holdSchema,
  brake: brakeSchema,
  inherited: inheritedSchema,
  cursor: cursorSchema,
  scan: scanSchema,
  identity: identitySchema,
  subscribed: subscribedSchema,
  unreadable: unreadableSchema,
  alarm: alarmSchema,
  answered: answeredSchema,
  stall: stallSchema,
  mails: mailsSchema,
  act: actSchema,
  run: runSchema,
  asked: askedSchema,
} as const;

export type FactKind = keyof typeof FACT_KINDS;
export type FactValue<K extends FactKind> = z.infer<(typeof FACT_KINDS)[K]>;
export type Link = FactValue<'link'>;
export type Settled = FactValue<'settled'>;
export type Parked = FactValue<'parked'>;
