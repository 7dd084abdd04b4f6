import { z } from 'zod';

import type { EntityKind } from '#libs/model/stored.ts';
import type { EntityStamp, RootPatch, WriteResult } from '../store-connector.ts';
import { sourceIdField } from './shopify-create-product.ts';
import * as writes from './shopify-documents-write.ts';
import { inParallel } from '../in-parallel.ts';
import { chunk, toGid, type GidType } from './shopify-ids.ts';
import { userErrorWire, type UserErrorWire } from './shopify-wire.ts';
import type { WriteSession } from './shopify-write-session.ts';

type Failure = Exclude<WriteResult, { readonly outcome: 'stored' }>;

/** What became of one root's stamps: as stored, by `<entity>:<targetId>`, and what failed. */
export type StampWork = { readonly stamped: Record<string, string>; readonly failures: Failure[] };
type Row = { readonly stamp: EntityStamp; readonly work: StampWork };

/** metafieldsSet takes this many at once, all or none. */
const ROWS_MAX = 25;

const answer = z.object({
  metafieldsSet: z.object({
    metafields: z.array(z.object({ value: z.string() })).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

/** Writes the source ids of all patches, packed over them; one work per patch, in order. */
export async function writeStamps(
  patches: readonly RootPatch[],
  session: WriteSession,
  maxConcurrent: number,
): Promise<readonly StampWork[]> {
  const works = patches.map((): StampWork => ({ stamped: {}, failures: [] }));
  const rows = patches.flatMap(({ stamps = [] }, index) => {
    const work = works[index];
    return work === undefined ? [] : stamps.map((stamp): Row => ({ stamp, work }));
  });
  await inParallel(chunk(rows, ROWS_MAX), maxConcurrent, (part) => writeRows(part, session));
  return works;
}

/** One refused row keeps all from being written, so those that were not named go once more without it. */
async function writeRows(rows: readonly Row[], session: WriteSession): Promise<void> {
  for (let left = rows; left.length > 0;) {
    const sent = await session.send(writes.STAMP, answer, { metafields: left.map(({ stamp }) => toInput(stamp)) });
    if (!sent.ok) {
      for (const { work } of left) work.failures.push(sent.failure);
      return;
    }
    const { metafields, userErrors } = sent.data.metafieldsSet;
    if (userErrors.length === 0) return keep(left, metafields ?? []);
    const errors = left.map((_, index) => userErrors.find((error) => rowOf(error) === index));
    const [first] = userErrors;
    // An error that names no row is one of all of them.
    const ofAll = errors.every((error) => error === undefined) ? first : undefined;
    for (const [index, { stamp, work }] of left.entries()) {
      const error = errors[index] ?? ofAll;
      if (error !== undefined) work.failures.push(toFailure(stamp, error));
    }
    left = ofAll === undefined ? left.filter((_, index) => errors[index] === undefined) : [];
  }
}

const GID_TYPES: Readonly<Record<EntityKind, GidType>> = {
  product: 'Product',
  variant: 'ProductVariant',
  order: 'Order',
  customer: 'Customer',
};

/** An empty digest to compare with: the shop takes it only where nothing stands yet. */
function toInput({ entity, targetId, sourceId }: EntityStamp): Readonly<Record<string, unknown>> {
  return { ownerId: toGid(GID_TYPES[entity], targetId), ...sourceIdField(sourceId), compareDigest: null };
}

// The answer names no owners, so values are ticked off one by one.
function keep(rows: readonly Row[], metafields: readonly { readonly value: string }[]): void {
  const values = metafields.map(({ value }) => value);
  for (const { stamp, work } of rows) {
    const at = values.indexOf(stamp.sourceId);
    if (at < 0) continue;
    values.splice(at, 1);
    work.stamped[`${stamp.entity}:${stamp.targetId}`] = stamp.sourceId;
  }
}

function rowOf({ field }: UserErrorWire): number | null {
  return field?.[0] === 'metafields' && field[1] !== undefined ? Number(field[1]) : null;
}

const STALE = new Set(['STALE_OBJECT', 'INVALID_COMPARE_DIGEST']);

function toFailure({ entity, targetId, sourceId }: EntityStamp, { code, message }: UserErrorWire): Failure {
  if (STALE.has(code ?? '')) return { outcome: 'stale' };
  return { outcome: 'refused', message: `source id ${sourceId} of ${entity} ${targetId}: ${message}` };
}
