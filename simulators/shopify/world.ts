import type { Actor, Ledger, SideEffect } from '../core/ledger.ts';
import type {
  CollectionRecord,
  CustomerRecord,
  FulfillmentOrderRecord,
  FulfillmentRecord,
  InventoryItemRecord,
  InventoryLevelRecord,
  LocationRecord,
  OrderRecord,
  ProductRecord,
  PublicationRecord,
  RefundRecord,
  TransactionRecord,
  VariantRecord,
} from './records.ts';
import type {
  BulkOperationRecord,
  CancelJobRecord,
  MediaJobRecord,
  OrderEditRecord,
  MetafieldDefinitionRecord,
  MetafieldRecord,
  ProductOperationRecord,
  WebhookSubscriptionRecord,
} from './app-records.ts';
import type { Settings } from './settings.ts';
import { createTable, type Change, type Table } from './table.ts';

export type Tables = {
  readonly products: Table<ProductRecord>;
  readonly variants: Table<VariantRecord>;
  readonly items: Table<InventoryItemRecord>;
  readonly levels: Table<InventoryLevelRecord>;
  readonly locations: Table<LocationRecord>;
  readonly publications: Table<PublicationRecord>;
  readonly collections: Table<CollectionRecord>;
  readonly customers: Table<CustomerRecord>;
  readonly orders: Table<OrderRecord>;
  readonly transactions: Table<TransactionRecord>;
  readonly fulfillments: Table<FulfillmentRecord>;
  readonly fulfillmentOrders: Table<FulfillmentOrderRecord>;
  readonly refunds: Table<RefundRecord>;
  readonly metafields: Table<MetafieldRecord>;
  readonly definitions: Table<MetafieldDefinitionRecord>;
  readonly webhooks: Table<WebhookSubscriptionRecord>;
  readonly cancelJobs: Table<CancelJobRecord>;
  readonly mediaJobs: Table<MediaJobRecord>;
  readonly orderEdits: Table<OrderEditRecord>;
  readonly productOperations: Table<ProductOperationRecord>;
  readonly bulkOperations: Table<BulkOperationRecord>;
};

/** Who is at work; entries and effects of the ledger carry it. */
export type Author = {
  readonly actor: Actor;
  readonly callId: number | undefined;
  /** With which the call was made. */
  readonly token?: string | undefined;
};

export type World = Tables & {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** The present; while a piece of scheduled work runs, the moment it was due. */
  readonly now: () => number;
  /** The present as the API writes it: UTC, whole seconds. */
  readonly stamp: () => string;
  readonly gid: (type: string) => string;
  readonly nextOrderNumber: () => number;
  readonly author: () => Author;
  /** Runs synchronous work in somebody's name. */
  readonly as: <T>(author: Author, work: () => T) => T;
  /** Work that the store does later by itself, in the name of who asked for it. */
  readonly schedule: (afterMs: number, work: () => void) => void;
  /** Does what has fallen due. Called before every look at the store. */
  readonly settle: () => void;
  readonly effect: (kind: SideEffect['kind'], entity: string, id: string, detail: string) => void;
  /** Hears of every change from now on. */
  readonly watch: (listener: (change: Change) => void) => void;
};

export type WorldOptions = {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly random: () => number;
};

export function createWorld({ settings, ledger, now: clock, random }: WorldOptions): World {
  let due: number | undefined;
  let current: Author = { actor: 'store', callId: undefined };
  let orderNumber = 1000;
  let agenda: { readonly at: number; readonly author: Author; readonly work: () => void }[] = [];

  const listeners: ((change: Change) => void)[] = [];
  const changed = (change: Change): void => listeners.forEach((listener) => listener(change));

  const now = (): number => due ?? clock();
  const as = <T>(author: Author, work: () => T): T => {
    const before = current;
    current = author;
    try {
      return work();
    } finally {
      current = before;
    }
  };
  const table: TableMaker = (entity, parentOf, keyOf) =>
    createTable({
      entity,
      ledger,
      now,
      author: () => current,
      indexLagMs: settings.indexLagMs,
      changed,
      ...(parentOf === undefined ? {} : { parentOf }),
      ...(keyOf === undefined ? {} : { keyOf }),
    });

  return {
    ...createTables(table),
    settings,
    ledger,
    random,
    now,
    stamp: () => toStamp(now()),
    gid: createIds(random, settings.firstId),
    nextOrderNumber: () => (orderNumber += 1),
    author: () => current,
    as,
    schedule(afterMs, work) {
      agenda.push({ at: now() + afterMs, author: current, work });
    },
    settle() {
      for (;;) {
        const next = agenda.filter(({ at }) => at <= clock()).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) return;
        agenda = agenda.filter((piece) => piece !== next);
        due = next.at;
        try {
          as(next.author, next.work);
        } finally {
          due = undefined;
        }
      }
    },
    watch: (listener) => void listeners.push(listener),
    effect(kind, entity, id, detail) {
      const { actor, callId } = current;
      ledger.effect({ at: now(), actor, kind, entity, id, detail, ...(callId === undefined ? {} : { callId }) });
    },
  };
}

type TableMaker = <R extends { readonly id: string }>(
  entity: string,
  parentOf?: (record: R) => string,
  keyOf?: (record: R) => string,
) => Table<R>;

function ofOrder(record: { readonly orderId: string }): string {
  return record.orderId;
}

function createTables(table: TableMaker): Tables {
  return {
    products: table<ProductRecord>('product', undefined, (product) => product.handle),
    variants: table<VariantRecord>('variant', (variant) => variant.productId),
    items: table<InventoryItemRecord>('inventoryItem', (item) => item.variantId),
    levels: table<InventoryLevelRecord>('inventoryLevel', (level) => level.inventoryItemId),
    locations: table('location'),
    publications: table('publication'),
    collections: table('collection'),
    customers: table<CustomerRecord>('customer', undefined, (customer) => (customer.email ?? '').toLowerCase()),
    orders: table<OrderRecord>('order', undefined, (order) => order.customerId ?? ''),
    transactions: table<TransactionRecord>('transaction', ofOrder),
    fulfillments: table<FulfillmentRecord>('fulfillment', ofOrder),
    fulfillmentOrders: table<FulfillmentOrderRecord>('fulfillmentOrder', ofOrder),
    refunds: table<RefundRecord>('refund', ofOrder),
    metafields: table<MetafieldRecord>('metafield', (metafield) => metafield.ownerId, metafieldKey),
    definitions: table('metafieldDefinition'),
    webhooks: table('webhookSubscription'),
    cancelJobs: table<CancelJobRecord>('orderCancelJob', ofOrder),
    mediaJobs: table('mediaJob'),
    orderEdits: table<OrderEditRecord>('orderEdit', ofOrder),
    productOperations: table('productOperation'),
    bulkOperations: table('bulkOperation'),
  };
}

/** Metafields are found by their value as well: that is how a custom id is looked up. */
export function metafieldKey(field: {
  readonly ownerId: string;
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
}): string {
  return [typeOf(field.ownerId), field.namespace, field.key, field.value].join('\n');
}

export function toStamp(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Ids that grow by steps, one row for each type: of 13 or 14 digits, or above the one given. */
function createIds(random: () => number, firstId: bigint | null): (type: string) => string {
  const last = new Map<string, bigint>();
  return (type) => {
    const before =
      last.get(type) ?? (firstId ?? 4_000_000_000_000n) + BigInt(Math.floor(random() * 11_000_000_000_000));
    const id = before + 32_768n;
    last.set(type, id);
    return `gid://shopify/${type}/${id}`;
  };
}

export function numberOf(gid: string): string {
  return (gid.split('?')[0] ?? gid).split('/').at(-1) ?? gid;
}

export function typeOf(gid: string): string {
  return gid.split('/')[3] ?? '';
}
