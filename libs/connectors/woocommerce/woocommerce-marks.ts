import { createHash } from 'node:crypto';

import type { HistoryEntry } from '#libs/model/order.ts';

// What Lockstep leaves in a shop, to know again what it made. WooCommerce has no unique key for it and no filter by meta, so each
// kind has a mark that can be asked for exactly, and that is there from the first moment of its making.

/** Source id of products, variations, orders and refunds. */
export const SOURCE_META = '_lockstep_source';
/** Source id of the one variant of a product without variations: both are one row of the shop. */
export const VARIANT_META = '_lockstep_variant';
/** Of customers: meta that begins with `_` is dropped and hidden for them. */
export const CUSTOMER_SOURCE_META = 'lockstep_source';
/** On an order of Lockstep's hold: the status that it has apart from the hold. */
export const HOLD_META = '_lockstep_hold';

const VIA = 'lockstep:';
// No comma, no blank, at most 100 characters: anything else would not be found again.
const PLAIN = /^[\w.-]{1,80}$/;

/** `created_via` of an order that Lockstep makes: exact, and there together with the row. It cannot be changed afterwards. */
export function createdVia(sourceId: string): string {
  return `${VIA}${PLAIN.test(sourceId) ? sourceId : `#${digest(sourceId)}`}`;
}

/** The source id that `created_via` tells; null where it is not ours, or tells only a hash. */
export function sourceIdOfVia(via: string): string | null {
  const id = via.startsWith(VIA) ? via.slice(VIA.length) : '';
  return PLAIN.test(id) ? id : null;
}

const SLUG = 'lockstep-';
// What WordPress leaves of a slug as it is.
const SLUGGABLE = /^[a-z0-9]{1,60}$/;

/** Slug of a product while it is being made: written with its row, before SKU, price and meta, so that half of one is found as well. */
export function draftSlug(sourceId: string): string {
  return `${SLUG}${SLUGGABLE.test(sourceId) ? sourceId : `h-${digest(sourceId)}`}`;
}

export function isDraftSlug(slug: string): boolean {
  return slug.startsWith(SLUG);
}

/** The source id that the slug of an unfinished product tells; null where it tells none. */
export function sourceIdOfSlug(slug: string): string | null {
  // WordPress counts on where the slug is taken.
  const id = /^lockstep-([a-z0-9]{1,60})(?:-\d+)?$/.exec(slug)?.[1];
  return id ?? null;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

/** A history entry as a note: notes take neither date nor author nor meta, so all of it stands in the text. */
export function toNoteText({ id, at, text, forCustomer }: HistoryEntry): string {
  const to = forCustomer ? ' customer' : '';
  return `${text}\n[lockstep:${encodeURIComponent(id)} ${at}${to}]`;
}

const NOTE_MARK = /\s*\[lockstep:(\S+) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)( customer)?\]\s*$/;

/** The source's entry that a note carries; null for any other note. */
export function readNoteText(note: string): HistoryEntry | null {
  const match = NOTE_MARK.exec(note);
  const [, id, at] = match ?? [];
  if (match === null || id === undefined || at === undefined) return null;
  return { id: decode(id), at, text: note.slice(0, match.index), forCustomer: match[3] !== undefined };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
