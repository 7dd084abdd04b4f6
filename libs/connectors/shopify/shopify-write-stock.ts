import { z } from 'zod';

import { randomId, type Random } from '#libs/runtime/random.ts';
import type { WriteFailure } from './shopify-client.ts';
import * as writes from './shopify-documents-write.ts';
import { inParallel } from '../in-parallel.ts';
import { chunk } from './shopify-ids.ts';
import type { VariantNative } from './shopify-mapping.ts';
import { userErrorWire, type UserErrorWire } from './shopify-wire.ts';
import type { WriteSession } from './shopify-write-session.ts';

/** One absolute write of what is available at one location that counts; `expected` is compared by the platform. */
export type QuantityRow = {
  readonly inventoryItemId: string;
  /** Which of the locations that count; the first is the one that is written to. */
  readonly place: number;
  readonly quantity: number;
  readonly expected: number;
};
export type RowResult = { readonly outcome: 'stored' } | { readonly outcome: 'stale' } | WriteFailure;

/** What a call of inventorySetQuantities takes. */
const ROWS_MAX = 250;
const answer = z.object({ inventorySetQuantities: z.object({ userErrors: z.array(userErrorWire) }) });

/**
 * The writes that make the locations come to a number together. What lies at the others stays there, and the first bears the
 * difference; only a number that is less than what they hold takes from them, the last first, so that none is told to owe units.
 */
export function spread(total: number, { inventoryItemId, available, others }: VariantNative): readonly QuantityRow[] {
  const elsewhere = others.reduce<number>((sum, number) => sum + (number ?? 0), 0);
  const row = (place: number, quantity: number, expected: number): QuantityRow => ({
    inventoryItemId,
    place,
    quantity,
    expected,
  });
  if (total >= elsewhere) return [row(0, total - elsewhere, available)];
  let left = Math.max(0, total);
  const rows = others.flatMap((number, index) => {
    if (number === null) return [];
    const kept = Math.min(left, Math.max(0, number));
    left -= kept;
    return kept === number ? [] : [row(index + 1, kept, number)];
  });
  return [row(0, Math.min(0, total), available), ...rows];
}

/** Sets quantities, 250 to a call; one result per row, in order. */
export async function setQuantities(
  rows: readonly QuantityRow[],
  {
    session,
    locations,
    random,
    maxConcurrent,
  }: {
    readonly session: WriteSession;
    readonly locations: readonly string[];
    readonly random: Random;
    readonly maxConcurrent: number;
  },
): Promise<readonly RowResult[]> {
  const parts = chunk(rows, ROWS_MAX);
  const results = await inParallel(parts, maxConcurrent, (part) => setPart(part, { session, locations, random }));
  return results.flat();
}

/**
 * One call is all or nothing: the rows that the errors name are taken out, and the rest is sent again with a new key, as the
 * old key would bring the old answer back.
 */
async function setPart(
  rows: readonly QuantityRow[],
  {
    session,
    locations,
    random,
  }: { readonly session: WriteSession; readonly locations: readonly string[]; readonly random: Random },
): Promise<readonly RowResult[]> {
  const results: (RowResult | undefined)[] = rows.map(() => undefined);
  const left = (): readonly number[] => rows.flatMap((_, index) => (results[index] === undefined ? [index] : []));
  const settle = (result: RowResult): void => {
    for (const index of left()) results[index] = result;
  };

  for (let open = left(); open.length > 0; open = left()) {
    const sent = await session.send(writes.SET_QUANTITIES, answer, {
      input: {
        name: 'available',
        reason: 'correction',
        referenceDocumentUri: 'gid://lockstep/Sync/stock',
        quantities: open.map((index) => toInput(rows[index] as QuantityRow, locations)),
      },
      key: randomId(random),
    });
    if (!sent.ok) {
      settle(sent.failure);
      break;
    }
    const { userErrors } = sent.data.inventorySetQuantities;
    if (userErrors.length === 0) {
      settle({ outcome: 'stored' });
      break;
    }
    const named = namedRows(userErrors, open.length);
    if (named.size === 0) {
      settle({ outcome: 'refused', message: userErrors.map(({ message }) => message).join('; ') });
      break;
    }
    for (const [position, error] of named) {
      const index = open[position];
      if (index !== undefined) results[index] = toRowResult(error);
    }
  }
  return results.map((result) => result ?? { outcome: 'stale' });
}

function toInput(
  { inventoryItemId, place, quantity, expected }: QuantityRow,
  locations: readonly string[],
): Readonly<Record<string, unknown>> {
  return { inventoryItemId, locationId: locations[place], quantity, changeFromQuantity: expected };
}

/** `["input","quantities","3","quantity"]` names the fourth row. */
function namedRows(errors: readonly UserErrorWire[], count: number): ReadonlyMap<number, UserErrorWire> {
  const named = new Map<number, UserErrorWire>();
  for (const error of errors) {
    const position = error.field?.[1] === 'quantities' ? Number(error.field[2] ?? 'none') : Number.NaN;
    // A row that was not sent cannot be taken out, and the rest would be sent for ever.
    if (Number.isInteger(position) && position >= 0 && position < count && !named.has(position))
      named.set(position, error);
  }
  return named;
}

function toRowResult({ code, message }: UserErrorWire): RowResult {
  return code === 'CHANGE_FROM_QUANTITY_STALE' ? { outcome: 'stale' } : { outcome: 'refused', message };
}
