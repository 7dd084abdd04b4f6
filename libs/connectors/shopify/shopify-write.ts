import { FIELD_NAMES, type FieldName, type FieldValues } from '#libs/fields/field-names.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { CallContext, OrderStep, RootPatch, WriteContext, WriteResult } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import type { Collections } from './shopify-collections.ts';
import { publish } from './shopify-create-product.ts';
import { inParallel } from '../in-parallel.ts';
import { toGid } from './shopify-ids.ts';
import { takeSteps } from './shopify-order-steps.ts';
import type { Reader } from './shopify-read.ts';
import type { Shop } from './shopify-shop.ts';
import { writeCustomer } from './shopify-write-customers.ts';
import { endProduct, worst, writeProductFields, type ProductWork } from './shopify-write-products.ts';
import { createWriteSession, type WriteSession } from './shopify-write-session.ts';
import { writeStamps, type StampWork } from './shopify-write-stamps.ts';
import { setQuantities, type QuantityRow } from './shopify-write-stock.ts';

export type WriterParts = {
  readonly client: ShopifyClient;
  readonly shop: Shop;
  readonly reader: Reader;
  readonly collections: Collections;
  /** Whether orders older than sixty days can be read. */
  readonly readsAllOrders: (call: CallContext) => Promise<boolean>;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxConcurrent: number;
};

/** Writes patches of any kinds in as few calls as the platform allows: the quantities of all products together. */
export function createWriter(parts: WriterParts) {
  return async (patches: readonly RootPatch[], call: WriteContext): Promise<readonly WriteResult[]> => {
    const session = createWriteSession(parts.client, call);
    const results = new Map<RootPatch, WriteResult>();
    // Asked before anything is sent, so that its failure is the failure of the whole write.
    if (patches.some((patch) => patch.root === 'product' && hasFields(patch))) await parts.shop.location(call);
    const of = (root: RootPatch['root']): readonly RootPatch[] =>
      patches.filter((patch) => patch.root === root && hasFields(patch));
    const [stamps] = await Promise.all([
      writeStamps(patches, session, parts.maxConcurrent),
      writeProducts(of('product'), { session, parts, results }),
      inParallel(of('order'), parts.maxConcurrent, async (patch) => {
        results.set(patch, await session.guarded(() => writeOrder(patch, session, parts)));
      }),
      inParallel(of('customer'), parts.maxConcurrent, async (patch) => {
        const failure = await writeCustomer(patch, session);
        results.set(
          patch,
          failure ?? (await session.guarded(() => readBack(patch, customerFields(patch), session, parts))),
        );
      }),
    ]);
    session.end();
    return patches.map((patch, index) => {
      const fields = results.get(patch) ?? { outcome: 'not-sent' };
      return joinStamps(hasFields(patch) ? fields : { outcome: 'stored', stored: {} }, patch, stamps[index]);
    });
  };
}

function hasFields({ entities, steps }: RootPatch): boolean {
  return entities.length > 0 || steps.length > 0;
}

function joinStamps(fields: WriteResult, { stamps = [] }: RootPatch, work: StampWork | undefined): WriteResult {
  if (stamps.length === 0 || work === undefined) return fields;
  const failure = worst([...(fields.outcome === 'stored' ? [] : [fields]), ...work.failures]);
  if (failure !== null || fields.outcome !== 'stored') return failure ?? fields;
  return { ...fields, stamped: work.stamped };
}

type Writing = {
  readonly session: WriteSession;
  readonly parts: WriterParts;
  readonly results: Map<RootPatch, WriteResult>;
};

async function writeProducts(patches: readonly RootPatch[], { session, parts, results }: Writing): Promise<void> {
  if (patches.length === 0) return;
  for (const patch of patches.filter(isShown)) {
    const failure = await publish(toGid('Product', patch.targetId), session, parts);
    if (failure !== null) results.set(patch, failure);
  }
  const ready = patches.filter((patch) => !results.has(patch));
  // Tracking comes before the number: an untracked item has none.
  const works = await inParallel(ready, parts.maxConcurrent, (patch) => writeProductFields(patch, session, parts));
  const rows = works.flatMap(rowsOf);
  const locations = rows.length === 0 ? [] : await parts.shop.locations(session.call);
  const set = await setQuantities(rows, {
    session,
    locations,
    random: parts.random,
    maxConcurrent: parts.maxConcurrent,
  });
  let from = 0;
  for (const [index, patch] of ready.entries()) {
    const work = works[index];
    if (work === undefined) continue;
    const count = rowsOf(work).length;
    results.set(patch, endProduct(patch, work, set.slice(from, from + count)));
    from += count;
  }
}

function rowsOf({ quantities }: ProductWork): readonly QuantityRow[] {
  return quantities.flatMap(({ rows }) => rows);
}

// A product of our making that leaves its draft for the first time is in no sales channel yet.
function isShown({ entities, present, made }: RootPatch): boolean {
  return (
    made === true &&
    present.root === 'product' &&
    present.product.status === 'draft' &&
    entities.some(({ entity, values }) => entity === 'product' && values['status'] === 'active')
  );
}

async function writeOrder(patch: RootPatch, session: WriteSession, parts: WriterParts): Promise<WriteResult> {
  const { client, clock } = parts;
  const failure = await takeSteps(patch.steps, {
    orderId: patch.targetId,
    sourceId: patch.sourceId,
    session,
    client,
    clock,
  });
  return failure ?? (await readBack(patch, orderFields(patch.steps), session, parts));
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

function orderFields(steps: readonly OrderStep[]): readonly string[] {
  return [...new Set(steps.flatMap(({ kind }) => FIELDS_OF[kind]))];
}

function customerFields({ entities }: RootPatch): readonly string[] {
  return [...new Set(entities.flatMap(({ values }) => Object.keys(values)))];
}

const EVERYTHING: ReadonlySet<FieldName> = new Set(FIELD_NAMES);

/** What the store then holds, as it says itself when it is asked again. */
async function readBack(
  patch: RootPatch,
  fields: readonly string[],
  { call }: WriteSession,
  { reader }: WriterParts,
): Promise<WriteResult> {
  const [stored] = await reader.roots(patch.root, [{ id: patch.targetId }], { ...call, fields: EVERYTHING });
  if (stored === null || stored === undefined)
    return { outcome: 'unknown', message: 'it was written, and is not there any more' };
  // What is to be shipped may appear a moment after its order: only then can it be held.
  if (patch.steps.some(({ kind }) => kind === 'hold') && stored.root === 'order' && !stored.heldByUs)
    return { outcome: 'unknown', message: 'the order was to be held, and is not held yet' };
  const all = valuesOf(stored);
  return {
    outcome: 'stored',
    stored: { [patch.targetId]: Object.fromEntries(fields.map((field) => [field, all[field]])) },
  };
}

export function valuesOf(stored: StoredRoot): FieldValues {
  switch (stored.root) {
    case 'product':
      return stored.product;
    case 'order':
      return stored.order;
    case 'customer':
      return stored.customer;
  }
}
