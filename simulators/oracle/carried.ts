import type { DeliveryRecord, Ledger, LedgerEntry, ReadRecord } from '../core/ledger.ts';
import { plainId } from './words.ts';

/** A row of the old shop, or a list of an order, as its ledger names them. */
export type Row = Pick<ReadRecord, 'entity' | 'id' | 'parentId'>;

/** Ledger position up to which webhooks could have carried this row: changes with a lower or equal seq are in it. */
export type CarriedUpTo = (row: Row) => number;

export type Trading = {
  /** The source's ledger position when trading began; all that lies below had been carried. */
  readonly tradingSeq: number;
  /** How many reads the source had answered when the comparison began: it reads for itself. */
  readonly readsBefore: number;
  /**
   * Reads of which nobody can tell whether a write followed: of a process that stood still so long that its work was taken over,
   * and that had not heard of it yet. Absent: none.
   */
  readonly unsure?: (read: ReadRecord, index: number) => boolean;
};

/**
 * A webhook is news of its root, and is followed by a read of the whole root. So one that was delivered could have carried every
 * change of its root that was made before it came, whatever its body said and whichever change caused it; and what changed between
 * its coming and the read that followed as well, row by row as they were shown. A read of a root of which no webhook came counts
 * for nothing. One that tells of a single variant's stock (Shopify alone has such) is followed by a read of that variant.
 */
export function carriedUpTo(
  { deliveries, reads }: Pick<Ledger, 'deliveries' | 'reads'>,
  { tradingSeq, readsBefore, unsure = () => false }: Trading,
  places: Places = inWooCommerce,
): CarriedUpTo {
  const { rootOf, toldOf, scopesOf } = places;
  const heard = arrivals(deliveries, tradingSeq, rootOf);
  const told = arrivals(deliveries, tradingSeq, toldOf);
  const shown = new Map<string, number>();
  for (const [index, read] of reads.slice(0, readsBefore).entries()) {
    if (unsure(read, index)) continue;
    const first = heard.get(rootOf(read))?.first;
    if (first === undefined || read.coversSeq < first) continue;
    const key = `${read.entity}:${read.id}`;
    shown.set(key, Math.max(shown.get(key) ?? -1, read.coversSeq));
  }
  return (row) =>
    Math.max(
      tradingSeq - 1,
      ...scopesOf(row).map((scope) => told.get(scope)?.last ?? -1),
      shown.get(`${row.entity}:${row.id}`) ?? -1,
    );
}

/** How the rows of a kind of shop hang together; roots as `order:7`. */
export type Places = {
  readonly rootOf: (row: Row) => string;
  /** What is read because of a webhook about this row: its root, or a variant. */
  readonly toldOf: (row: Row) => string;
  /** Of what a webhook must tell so that this row is read. */
  readonly scopesOf: (row: Row) => readonly string[];
};

function rootInWooCommerce({ entity, id, parentId }: Row): string {
  if (entity === 'variation') return `product:${parentId ?? id}`;
  if (entity === 'notes' || entity === 'refunds') return `order:${id}`;
  return `${entity}:${id}`;
}

const inWooCommerce: Places = {
  rootOf: rootInWooCommerce,
  toldOf: rootInWooCommerce,
  scopesOf: (row) => [rootInWooCommerce(row)],
};

/** In Shopify everything hangs on something else, up to a root: a level on its item, that on its variant, that on its product. */
export function placesInShopify(entries: readonly LedgerEntry[]): Places {
  const parents = new Map<string, string>();
  for (const { id, parentId } of entries) if (parentId !== undefined) parents.set(id, parentId);
  const climb = (id: string, to: ReadonlySet<string>): string => {
    const parent = to.has(typeOf(id)) ? undefined : parents.get(id);
    return parent === undefined ? id : climb(parent, to);
  };
  const found = ({ id, parentId }: Row, to: ReadonlySet<string>): string => {
    const own = climb(id, to);
    return to.has(typeOf(own)) || parentId === undefined ? own : climb(parentId, to);
  };
  const rootOf = (row: Row): string => nameOf(found(row, ROOTS));
  const variantOf = (row: Row): string => nameOf(found(row, VARIANTS));
  return {
    rootOf,
    toldOf: (row) => (STOCK.has(typeOf(row.id)) ? variantOf(row) : rootOf(row)),
    scopesOf: (row) => [rootOf(row), variantOf(row)],
  };
}

const ROOTS = new Set(['Product', 'Order', 'Customer']);
const VARIANTS = new Set(['ProductVariant']);
const STOCK = new Set(['InventoryLevel', 'InventoryItem']);

function nameOf(gid: string): string {
  return `${typeOf(gid).toLowerCase()}:${plainId(gid)}`;
}

/** `gid://shopify/ProductVariant/7` is a `ProductVariant`. */
function typeOf(gid: string): string {
  return gid.split('/')[3] ?? '';
}

type Arrivals = { readonly first: number; readonly last: number };

/** By what they told of, the positions at which the first and the last webhook came. */
function arrivals(
  deliveries: readonly DeliveryRecord[],
  tradingSeq: number,
  keyOf: (delivery: Row) => string,
): ReadonlyMap<string, Arrivals> {
  const heard = new Map<string, Arrivals>();
  for (const delivery of deliveries) {
    const { outcome, arrivedSeq } = delivery;
    if (outcome !== 'delivered' && outcome !== 'doubled') continue;
    if (arrivedSeq === undefined || arrivedSeq < tradingSeq) continue;
    const key = keyOf(delivery);
    const { first, last } = heard.get(key) ?? { first: arrivedSeq, last: arrivedSeq };
    heard.set(key, { first: Math.min(first, arrivedSeq), last: Math.max(last, arrivedSeq) });
  }
  return heard;
}
