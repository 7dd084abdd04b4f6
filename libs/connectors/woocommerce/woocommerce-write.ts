import { FIELD_NAMES, type FieldName, type FieldValues } from '#libs/fields/field-names.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import type { OrderStep, RootPatch, WriteContext, WriteResult } from '../store-connector.ts';
import type { WooClient } from './woocommerce-client.ts';
import { inParallel } from '../in-parallel.ts';
import type { MailGate } from './woocommerce-mails.ts';
import type { ReadRoots } from './woocommerce-read.ts';
import type { Shop } from './woocommerce-shop.ts';
import type { Terms } from './woocommerce-terms.ts';
import { writeCustomer } from './woocommerce-write-customers.ts';
import { takeSteps } from './woocommerce-write-orders.ts';
import { writeProducts } from './woocommerce-write-products.ts';
import { createWriteSession, worst, type WriteSession } from './woocommerce-write-session.ts';
import type { TrackingWriter } from './woocommerce-write-tracking.ts';

export type WriterParts = {
  readonly client: WooClient;
  readonly shop: Shop;
  readonly readRoots: ReadRoots;
  readonly terms: Terms;
  readonly mailGate: MailGate;
  readonly tracking: TrackingWriter;
  readonly maxConcurrent: number;
};

/**
 * Writes patches of any kinds, and reads back what the shop then holds: a shop may answer 200 and keep the old value (a lock that
 * was waited for too long), so no answer counts but what is read afterwards.
 */
export function createWriter(parts: WriterParts) {
  return async (patches: readonly RootPatch[], call: WriteContext): Promise<readonly WriteResult[]> => {
    const session = createWriteSession(parts.client, call);
    const failures = new Map<RootPatch, WriteResult>();
    for (const patch of patches) if (replacesStamp(patch)) failures.set(patch, { outcome: 'stale' });
    const of = (root: RootPatch['root']): readonly RootPatch[] =>
      patches.filter((patch) => patch.root === root && !failures.has(patch));
    await Promise.all([
      writeAllProducts(of('product'), session, parts, failures),
      inParallel(of('order'), parts.maxConcurrent, async (patch) => {
        // Asked for each: many orders take their time, and what was off at the first need not be at the last.
        const loud = await parts.mailGate('order', call);
        const failure = loud ?? (await session.guarded(() => takeSteps(patch, session, parts)));
        if (failure !== null) failures.set(patch, failure);
      }),
      inParallel(of('customer'), parts.maxConcurrent, async (patch) => {
        const failure = await writeCustomer(patch, session);
        if (failure !== null) failures.set(patch, failure);
      }),
    ]);
    const written = patches.filter((patch) => !failures.has(patch));
    const stored = await session.guarded(() => readBack(written, session, parts));
    session.end();
    return patches.map((patch) => {
      const failure = failures.get(patch);
      if (failure !== undefined) return failure;
      return stored instanceof Map ? toStored(patch, stored.get(patch) ?? null) : stored;
    });
  };
}

async function writeAllProducts(
  patches: readonly RootPatch[],
  session: WriteSession,
  parts: WriterParts,
  failures: Map<RootPatch, WriteResult>,
): Promise<void> {
  if (patches.length === 0) return;
  const results = await writeProducts(patches, session, parts);
  for (const [index, patch] of patches.entries()) {
    const failure = worst(results[index] ?? []);
    if (failure !== null) failures.set(patch, failure);
  }
}

/** Whether a stamp would go where another source id stands. */
function replacesStamp({ stamps = [], present }: RootPatch): boolean {
  return stamps.some(({ entity, targetId, sourceId }) => {
    const mark = markOf(present, entity, targetId);
    return mark !== null && mark !== sourceId;
  });
}

function markOf(root: StoredRoot, entity: string, id: string): string | null {
  if (entity !== 'variant' || root.root !== 'product') return root.sourceId;
  return root.variants.find((variant) => variant.id === id)?.sourceId ?? null;
}

const EVERYTHING: ReadonlySet<FieldName> = new Set(FIELD_NAMES);

async function readBack(
  patches: readonly RootPatch[],
  { call }: WriteSession,
  { readRoots }: WriterParts,
): Promise<Map<RootPatch, StoredRoot | null>> {
  const found = new Map<RootPatch, StoredRoot | null>();
  for (const root of ['product', 'order', 'customer'] as const) {
    const some = patches.filter((patch) => patch.root === root);
    if (some.length === 0) continue;
    const refs = some.map((patch) => ({
      id: patch.targetId,
      children: patch.entities.map(({ targetId }) => targetId),
    }));
    const roots = await readRoots(root, refs, { ...call, fields: EVERYTHING });
    for (const [index, patch] of some.entries()) found.set(patch, roots[index] ?? null);
  }
  return found;
}

function toStored(patch: RootPatch, root: StoredRoot | null): WriteResult {
  if (root === null) return { outcome: 'unknown', message: 'it was written, and is not there any more' };
  const isHeld = root.root !== 'order' || root.heldByUs;
  if (patch.steps.some(({ kind }) => kind === 'hold') && !isHeld)
    return { outcome: 'unknown', message: 'the order was to be held, and is not held' };
  const stored: Record<string, FieldValues> = {};
  for (const { entity, targetId, values } of patch.entities) {
    const all = entity === 'variant' ? variantOf(root, targetId) : valuesOf(root);
    stored[targetId] = { ...stored[targetId], ...pick(all, Object.keys(values)) };
  }
  if (patch.root === 'order') {
    const fields = patch.steps.flatMap(({ kind }) => FIELDS_OF[kind]);
    stored[patch.targetId] = { ...stored[patch.targetId], ...pick(valuesOf(root), fields) };
  }
  return { outcome: 'stored', stored, ...stampedOf(patch, root) };
}

function stampedOf({ stamps = [] }: RootPatch, root: StoredRoot) {
  if (stamps.length === 0) return {};
  const stamped = Object.fromEntries(
    stamps.flatMap(({ entity, targetId }) => {
      const mark = markOf(root, entity, targetId);
      return mark === null ? [] : [[`${entity}:${targetId}`, mark] as const];
    }),
  );
  return { stamped };
}

const FIELDS_OF: Readonly<Record<OrderStep['kind'], readonly string[]>> = {
  releaseHold: ['status'],
  hold: ['status'],
  pay: ['status'],
  fulfil: ['status', 'tracking'],
  track: ['tracking'],
  refund: ['status'],
  cancel: ['status'],
  history: ['history'],
  note: ['note'],
};

function valuesOf(stored: StoredRoot): FieldValues {
  switch (stored.root) {
    case 'product':
      return stored.product;
    case 'order':
      return stored.order;
    case 'customer':
      return stored.customer;
  }
}

function variantOf(root: StoredRoot, id: string): FieldValues {
  return root.root === 'product' ? (root.variants.find((variant) => variant.id === id)?.variant ?? {}) : {};
}

function pick(all: FieldValues, fields: readonly string[]): FieldValues {
  return Object.fromEntries(fields.map((field) => [field, all[field]]));
}
