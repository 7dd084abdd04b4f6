import type { Actor, Ledger } from '../core/ledger.ts';
import type { Stage } from './php-faults.ts';
import { gmtOf } from './time.ts';
import type { Category, Customer, Note, Order, Product, Refund, Webhook } from './types.ts';

type Rows = {
  readonly product: Product;
  readonly order: Order;
  readonly refund: Refund;
  readonly note: Note;
  readonly customer: Customer;
  readonly webhook: Webhook;
  readonly category: Category;
  readonly tag: Category;
  readonly brand: Category;
};

export type TableName = keyof Rows;
export type Tables = { readonly [T in TableName]: Map<number, Rows[T]> };
type Row<T extends TableName> = Rows[T];

/** Who changes something, and by which call. */
export type Cause = { readonly actor: Actor; readonly callId?: number; readonly diesAfter?: Stage };

/** WordPress numbers products, orders, refunds and coupons from one sequence (posts), the rest each from its own. */
export type Sequence = 'post' | 'item' | 'meta' | 'comment' | 'user' | 'webhook' | 'term';

export type Identity = { readonly storeId: string; readonly siteUrl: string };

export type Settings = {
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  readonly calcTaxes: boolean;
  readonly weightUnit: string;
  readonly timezone: string;
  readonly offsetMinutes: number;
  readonly lowStock: number;
  readonly noStock: number;
  /** Order statuses that plugins have registered. */
  readonly pluginStatuses: readonly string[];
};

/** The event of a resource, for the webhooks that listen to its topic. */
export type ShopEvent = {
  readonly topic: string;
  readonly entity: string;
  readonly id: number;
  readonly parentId?: number;
};

export type Shop = {
  readonly now: () => number;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly tables: Tables;
  readonly settings: Settings;
  /** Options that were set over REST, by `group/id`. */
  readonly options: Map<string, string>;
  readonly identity: () => Identity;
  readonly emit: (event: ShopEvent) => void;
  readonly nextId: (sequence: Sequence) => number;
  /** Sees to it that the sequence goes on above this id (seeding). */
  readonly reserveId: (sequence: Sequence, id: number) => void;
  /** What PHP lets pass between reading a row and writing it: calls that come meanwhile do not see each other. */
  readonly meanwhile: () => Promise<void>;
  /** SKUs and children by parent, kept beside the table. */
  readonly index: ProductIndex;
};

export type ProductIndex = {
  readonly children: Map<number, number[]>;
  readonly bySku: Map<string, Set<number>>;
};

export function createSequences(): Pick<Shop, 'nextId' | 'reserveId'> {
  const last = new Map<Sequence, number>();
  return {
    nextId(sequence) {
      const id = (last.get(sequence) ?? 0) + 1;
      last.set(sequence, id);
      return id;
    },
    reserveId(sequence, id) {
      last.set(sequence, Math.max(last.get(sequence) ?? 0, id));
    },
  };
}

export function nowGmt(shop: Shop): string {
  return gmtOf(shop.now());
}

/** Adds a row and writes it to the ledger, all fields from undefined. */
export function insertRow<T extends TableName>(shop: Shop, table: T, row: Row<T>, cause: Cause, silent = false): void {
  const rows = shop.tables[table] as unknown as Map<number, Row<T>>;
  rows.set(row.id, row);
  if (table === 'product') indexProduct(shop, row as unknown as Product, undefined);
  const changes = Object.fromEntries(
    Object.entries(row).map(([field, to]) => [field, { from: undefined, to: to as unknown }]),
  );
  record(shop, 'create', table, row, changes, cause, silent);
}

/** Replaces the given fields of a row; the ledger gets those that are different. Answers whether any was. */
export function updateRow<T extends TableName>(
  shop: Shop,
  table: T,
  id: number,
  patch: Partial<Row<T>>,
  cause: Cause,
  silent = false,
): Row<T> {
  const rows = shop.tables[table] as unknown as Map<number, Row<T>>;
  const before = rows.get(id);
  if (before === undefined) throw new Error(`Cannot update ${table} ${id}: it does not exist`);
  const after: Row<T> = { ...before, ...patch };
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  for (const [field, to] of Object.entries(patch)) {
    const from = (before as Readonly<Record<string, unknown>>)[field];
    if (JSON.stringify(from) !== JSON.stringify(to)) changes[field] = { from, to };
  }
  rows.set(id, after);
  if (table === 'product') indexProduct(shop, after as unknown as Product, before as unknown as Product);
  if (Object.keys(changes).length > 0) record(shop, 'update', table, after, changes, cause, silent);
  return after;
}

export function deleteRow(shop: Shop, table: TableName, id: number, cause: Cause, silent = false): void {
  const before = shop.tables[table].get(id);
  if (before === undefined) return;
  shop.tables[table].delete(id);
  if (table === 'product') indexProduct(shop, undefined, before as unknown as Product);
  record(shop, 'delete', table, before, {}, cause, silent);
}

function record<T extends TableName>(
  shop: Shop,
  action: 'create' | 'update' | 'delete',
  table: T,
  row: Row<T>,
  changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>,
  cause: Cause,
  silent: boolean,
): void {
  const parentId = parentOf(row);
  shop.ledger.record({
    at: shop.now(),
    actor: cause.actor,
    action,
    entity: 'type' in row && row.type === 'variation' ? 'variation' : table,
    id: String(row.id),
    ...(parentId === undefined ? {} : { parentId: String(parentId) }),
    changes,
    ...(silent ? { silent: true } : {}),
    ...(cause.callId === undefined ? {} : { callId: cause.callId }),
  });
}

function parentOf(row: object): number | undefined {
  if ('order_id' in row) return Number(row.order_id);
  if ('parent_id' in row && row.parent_id !== 0) return Number(row.parent_id);
  return undefined;
}

function indexProduct(shop: Shop, after: Product | undefined, before: Product | undefined): void {
  const { bySku, children } = shop.index;
  if (before !== undefined && before.sku !== after?.sku) bySku.get(before.sku.toLowerCase())?.delete(before.id);
  if (after !== undefined && after.sku !== '' && after.sku !== before?.sku) {
    const key = after.sku.toLowerCase();
    const holders = bySku.get(key) ?? new Set();
    bySku.set(key, holders.add(after.id));
  }
  if (after?.type === 'variation' && before === undefined) {
    children.set(after.parent_id, [...(children.get(after.parent_id) ?? []), after.id]);
  }
  if (after === undefined && before?.type === 'variation') {
    children.set(
      before.parent_id,
      (children.get(before.parent_id) ?? []).filter((id) => id !== before.id),
    );
  }
}
