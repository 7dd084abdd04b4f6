import type { FaultPlan } from '../core/faults.ts';
import { createFaultPlan } from '../core/faults.ts';
import type { Ledger } from '../core/ledger.ts';
import { createLedger } from '../core/ledger.ts';
import type { ApiKey } from './auth.ts';
import { createAuthenticator } from './auth.ts';
import type { CatalogueSize } from './seed-catalogue.ts';
import { seedCatalogue } from './seed-catalogue.ts';
import { customerOf } from './customers.ts';
import type { Deliveries, Delivery, DeliveryPolicy } from './deliveries.ts';
import { createDeliveries } from './deliveries.ts';
import type { Condition } from './endpoint.ts';
import { createEndpoint } from './endpoint.ts';
import { RestError } from './errors.ts';
import { orderOf } from './orders.ts';
import { createPhpFaults } from './php-faults.ts';
import type { PhpFaultPlan } from './php-faults.ts';
import type { People } from './people.ts';
import { createPeople } from './people.ts';
import { productOf } from './products.ts';
import { renderCustomer, renderOrder } from './render-order.ts';
import { renderProduct } from './render-product.ts';
import type { Recordings } from './seed-recordings.ts';
import { seedFromRecordings } from './seed-recordings.ts';
import { createSeeds, type Seeds } from './seed-rows.ts';
import { createHttpServer } from './server.ts';
import type { Identity, Settings, Shop, Tables } from './shop.ts';
import { createScheduledSales } from './scheduled-sales.ts';
import { createSequences } from './shop.ts';
import type { Category, Customer, Note, Order, Product, Refund, Webhook } from './types.ts';
import { createWcAuth } from './wc-auth.ts';
import type { WcAuth } from './wc-auth.ts';
import { createWebhookQueue } from './webhooks.ts';

export type { ApiKey } from './auth.ts';
export type { Delivery, DeliveryFate, DeliveryPolicy } from './deliveries.ts';
export type { Condition } from './endpoint.ts';
export type { NewVariation, People } from './people.ts';
export type { PhpFault, PhpFaultPlan, Stage } from './php-faults.ts';
export { readRecordings } from './seed-recordings.ts';
export type { Recordings } from './seed-recordings.ts';
export type { CatalogueSize } from './seed-catalogue.ts';
export type * from './types.ts';

export type WooCommerceOptions = {
  readonly now: () => number;
  readonly random: () => number;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** What the first key may do; `keys` adds others. */
  readonly permissions?: ApiKey['permissions'];
  readonly keys?: readonly ApiKey[];
  /** What the shop calls itself; not the address it listens at. */
  readonly siteUrl?: string;
  readonly storeId?: string;
  readonly timezoneOffsetMinutes?: number;
  readonly timezone?: string;
  readonly currency?: string;
  readonly pricesIncludeTax?: boolean;
  readonly weightUnit?: string;
  /** Order statuses that plugins of this shop have registered (`backordered`). */
  readonly pluginStatuses?: readonly string[];
  /** Every request counts as https; otherwise only those with `X-Forwarded-Proto: https` do. */
  readonly isSsl?: boolean;
  readonly deliveryPolicy?: DeliveryPolicy;
  /** Which receivers the shop's own filter lets it call; all, by default (a real shop calls no private address and only ports 80, 443, 8080). */
  readonly allowReceiver?: (url: URL) => boolean;
  /** Runs something later (answers that are slow, calls that land late); `setTimeout` by default. */
  readonly later?: (delayMs: number, run: () => void) => void;
  /** How long a write works between reading a row and storing it, milliseconds: so long do parallel calls not see each other. 0 by default. */
  readonly writeMs?: number;
};

/** The shop's database, as an oracle reads it. */
export type ShopState = {
  readonly products: readonly Product[];
  readonly variations: readonly Product[];
  readonly orders: readonly Order[];
  readonly refunds: readonly Refund[];
  readonly notes: readonly Note[];
  readonly customers: readonly Customer[];
  readonly webhooks: readonly Webhook[];
  readonly categories: readonly Category[];
};

export type WooCommerceSimulator = Seeds & {
  readonly start: (port?: number) => Promise<{ url: string }>;
  readonly stop: () => Promise<void>;
  readonly ledger: Ledger;
  readonly faults: FaultPlan;
  /** What PHP, its database and the web server before it do wrong. */
  readonly phpFaults: PhpFaultPlan;
  readonly people: People;
  readonly state: () => ShopState;
  readonly seedFromRecordings: (from: string | Recordings) => void;
  readonly seedCatalogue: (size: CatalogueSize) => void;
  readonly deliverDue: () => Promise<number>;
  readonly outstandingDeliveries: () => number;
  readonly startDeliveries: (options: { readonly intervalMs: number }) => void;
  readonly stopDeliveries: () => Promise<void>;
  readonly setDeliveryPolicy: (policy: DeliveryPolicy) => void;
  /** The shop's own clockwork: sales whose time began or ended since the last run are saved, by nobody. Answers how many. */
  readonly runScheduledSales: () => number;
  readonly setCondition: (condition: Condition) => void;
  /** The page on which the merchant hands out a key. */
  readonly wcAuth: WcAuth;
  /** Another shop answers at the same address (a restored copy, another domain). */
  readonly setIdentity: (identity: Partial<Identity>) => void;
  readonly identity: () => Identity;
};

export function createWooCommerceSimulator(options: WooCommerceOptions): WooCommerceSimulator {
  const { now, random } = options;
  let identity: Identity = {
    siteUrl: (options.siteUrl ?? 'https://source.example.com').replace(/\/$/, ''),
    storeId: options.storeId ?? '5b1cde0e-5b0e-4f0a-9a57-6a3f2b0c9d11',
  };
  let condition: Condition = 'up';
  const later = options.later ?? ((delayMs: number, run: () => void) => void setTimeout(run, delayMs));
  const ledger = createLedger();
  const tables = emptyTables();
  const queue = createWebhookQueue(tables.webhook, now);
  const shop = createShop(options, { ledger, tables, later, identity: () => identity, emit: queue.push });
  firstRows(shop);
  const randomId = createRandomId(shop, random);
  const faults = createFaultPlan(random);
  const deliveries = createDeliveries({
    shop,
    queue,
    render: (delivery) => renderResource(shop, delivery, randomId),
    policy: options.deliveryPolicy ?? (() => 'deliver'),
    allowReceiver: options.allowReceiver ?? (() => true),
  });
  const keys = [...keysFrom(options)];
  const endpoint = createEndpoint({
    shop,
    authenticate: createAuthenticator(keys, now, () => identity.siteUrl),
    isSsl: options.isSsl ?? false,
    condition: () => condition,
    randomId,
    ping: (webhookId) => pingNew(shop, deliveries, webhookId),
  });
  const phpFaults = createPhpFaults();
  const http = createHttpServer({ endpoint, faults, phpFaults, ledger, now, later });
  return {
    start: http.start,
    stop: () => deliveries.stop().then(http.stop),
    ledger,
    faults,
    phpFaults,
    people: createPeople(shop),
    state: () => stateOf(tables),
    seedFromRecordings: (from) => seedFromRecordings(shop, from),
    seedCatalogue: (size) => seedCatalogue(shop, size),
    ...createSeeds(shop),
    deliverDue: deliveries.deliverDue,
    outstandingDeliveries: deliveries.outstanding,
    startDeliveries: deliveries.start,
    stopDeliveries: deliveries.stop,
    setDeliveryPolicy: deliveries.setPolicy,
    runScheduledSales: createScheduledSales(shop),
    wcAuth: createWcAuth({ keys, random }),
    setCondition: (next) => {
      condition = next;
    },
    setIdentity: (next) => {
      identity = { ...identity, ...next };
    },
    identity: () => identity,
  };
}

type ShopParts = Pick<Shop, 'ledger' | 'tables' | 'identity' | 'emit'> & {
  readonly later: NonNullable<WooCommerceOptions['later']>;
};

function createShop(options: WooCommerceOptions, { later, ...parts }: ShopParts): Shop {
  const { now, random, writeMs } = options;
  return {
    now,
    random,
    ...parts,
    settings: settingsFrom(options),
    options: new Map(),
    meanwhile: () => (writeMs === undefined ? Promise.resolve() : new Promise((go) => later(writeMs, () => go()))),
    index: { children: new Map(), bySku: new Map() },
    ...createSequences(),
  };
}

function keysFrom(options: WooCommerceOptions): readonly ApiKey[] {
  const { consumerKey, consumerSecret, permissions = 'read_write', keys = [] } = options;
  return [{ consumerKey, consumerSecret, permissions }, ...keys];
}

function settingsFrom(options: WooCommerceOptions): Settings {
  return {
    currency: options.currency ?? 'EUR',
    pricesIncludeTax: options.pricesIncludeTax ?? false,
    calcTaxes: false,
    weightUnit: options.weightUnit ?? 'kg',
    timezone: options.timezone ?? 'Europe/Berlin',
    offsetMinutes: options.timezoneOffsetMinutes ?? 60,
    lowStock: 2,
    noStock: 0,
    pluginStatuses: options.pluginStatuses ?? [],
  };
}

function emptyTables(): Tables {
  return {
    product: new Map(),
    order: new Map(),
    refund: new Map(),
    note: new Map(),
    customer: new Map(),
    webhook: new Map(),
    category: new Map(),
    tag: new Map(),
    brand: new Map(),
  };
}

/** What a fresh install has: the category that products fall back to. Ids of products begin above the first pages. */
function firstRows(shop: Shop): void {
  shop.reserveId('post', 9);
  shop.reserveId('term', 15);
  shop.reserveId('user', 1);
  shop.tables.category.set(15, { id: 15, name: 'Uncategorized', slug: 'uncategorized', parent: 0, description: '' });
}

/** Draws of its own, so that the number of answers rendered does not shift what else is drawn. */
function createRandomId(shop: Shop, random: () => number): () => number {
  let state = Number.parseInt(String(random()).slice(2, 11) || '7', 10) || 7;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 10 + (state % Math.max(1, shop.tables.product.size));
  };
}

/** What a delivery carries: the resource as REST shows it at that moment, or the error that asking for it gives. */
function renderResource(shop: Shop, { topic, entity, id }: Delivery, randomId: () => number): unknown {
  if (topic.endsWith('.deleted')) return { id };
  try {
    if (entity === 'order') return renderOrder(shop, orderOf(shop, id));
    if (entity === 'customer') return renderCustomer(shop, customerOf(shop, id));
    return renderProduct(shop, productOf(shop, id), 'view', randomId);
  } catch (error) {
    if (error instanceof RestError) return error.body;
    throw error;
  }
}

async function pingNew(shop: Shop, deliveries: Deliveries, webhookId: number): Promise<void> {
  const webhook = shop.tables.webhook.get(webhookId);
  if (webhook !== undefined) await deliveries.ping(webhook);
}

function stateOf(tables: Tables): ShopState {
  const products = [...tables.product.values()];
  return {
    products: products.filter(({ type }) => type !== 'variation'),
    variations: products.filter(({ type }) => type === 'variation'),
    orders: [...tables.order.values()],
    refunds: [...tables.refund.values()],
    notes: [...tables.note.values()],
    customers: [...tables.customer.values()],
    webhooks: [...tables.webhook.values()],
    categories: [...tables.category.values()],
  };
}
