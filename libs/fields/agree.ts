import { isDeepStrictEqual } from 'node:util';

import type { HistoryEntry, OrderState, OrderStatus, Parcel } from '#libs/model/order.ts';
import type { Product } from '#libs/model/product.ts';
import type { EntityKind } from '#libs/model/stored.ts';
import { fieldName, type FieldName } from './field-names.ts';

/**
 * Whether the target's value says the same as the wanted one. Undefined (not read) agrees with nothing but itself.
 * Most values must be equal; a few are sets or grow only.
 */
export function agrees(field: FieldName, wanted: unknown, present: unknown): boolean {
  if (field === 'order.status') return stateAgrees(wanted as OrderStatus, present as OrderStatus | undefined);
  if (field === 'order.tracking') return sameSet(parcelKeys(wanted), parcelKeys(present));
  if (field === 'order.history') {
    const [left, right] = [wanted, present] as readonly (readonly HistoryEntry[] | null)[];
    return missingHistory(left, right).length === 0;
  }
  if (field === 'product.tags' || field === 'product.categories')
    return sameSet((wanted ?? []) as readonly string[], (present ?? []) as readonly string[]);
  if (field === 'product.images') return imagesAgree((wanted ?? []) as Images, (present ?? []) as Images);
  if (field === 'product.description') return squeeze(wanted) === squeeze(present);
  return isDeepStrictEqual(plain(wanted), plain(present));
}

export function agreesOn(entity: EntityKind, field: string, wanted: unknown, present: unknown): boolean {
  return agrees(fieldName(entity, field), wanted, present);
}

/** Entries of the source that the target does not have yet, oldest first; entries are known by the source's id. */
export function missingHistory(
  wanted: readonly HistoryEntry[] | null | undefined,
  present: readonly HistoryEntry[] | null | undefined,
): readonly HistoryEntry[] {
  const known = new Set((present ?? []).map(({ id }) => id));
  return (wanted ?? [])
    .filter(({ id }) => !known.has(id))
    .toSorted((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
}

/** Tracking numbers as written on any side: case and spaces do not matter. */
export function parcelKeys(parcels: unknown): readonly string[] {
  return ((parcels ?? []) as readonly Parcel[]).map(({ number }) => number.replaceAll(/\s/g, '').toUpperCase());
}

function stateAgrees(wanted: OrderStatus, present: OrderStatus | undefined): boolean {
  if (wanted.state === null) return false;
  const [left, right] = [wanted.state, present?.state];
  if (right === undefined || right === null) return false;
  const axes: readonly (keyof OrderState)[] = ['payment', 'fulfilment', 'cancelled', 'onHold'];
  return axes.every((axis) => left[axis] === right[axis]) && refundedAgrees(left, right) && shippedAgrees(left, right);
}

/** A store that only says that a part was paid back, and not how much, contradicts nothing. */
export function refundedAgrees({ refunded: left }: OrderState, { refunded: right }: OrderState): boolean {
  if (left === undefined || right === undefined) return true;
  return left.amountMinor === right.amountMinor && left.currency === right.currency;
}

/** A store that only says that a part was shipped, and not how much, contradicts nothing. */
export function shippedAgrees({ shipped: left }: OrderState, { shipped: right }: OrderState): boolean {
  return left === undefined || right === undefined || left === right;
}

type Images = Product['images'];

/** By order, alternative text and content. Addresses differ between stores, and content that one side does not tell contradicts nothing. */
function imagesAgree(wanted: Images, present: Images): boolean {
  return (
    wanted.length === present.length &&
    wanted.every(({ alt, hash }, index) => {
      const there = present[index];
      return (
        (alt ?? '') === (there?.alt ?? '') && (hash === undefined || there?.hash === undefined || hash === there.hash)
      );
    })
  );
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const [a, b] = [new Set(left), new Set(right)];
  return a.size === b.size && [...a].every((value) => b.has(value));
}

// Platforms re-wrap HTML; white space between tags carries nothing.
function squeeze(html: unknown): string {
  return (typeof html === 'string' ? html : '').replaceAll(/\s+/g, ' ').replaceAll(/>\s+</g, '><').trim();
}

function plain(value: unknown): unknown {
  return value === undefined ? null : value;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
