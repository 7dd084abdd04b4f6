export type Settings = {
  /** `acme` of acme.myshopify.com. */
  readonly shop: string;
  readonly shopName: string;
  readonly currency: string;
  readonly timezone: string;
  readonly plus: boolean;
  /** Scopes of the app; without read_all_orders only the last 60 days of orders are seen. */
  readonly scopes: readonly string[];
  readonly appId: string;
  /** How long a search still sees the past. */
  readonly indexLagMs: number;
  /** How long orderCancel's job and asynchronous product operations take. */
  readonly jobMs: number;
  /** How long a picture is worked on before it can be shown. */
  readonly mediaMs: number;
  readonly bulkMs: number;
  readonly bucketSize: number;
  readonly restoreRate: number;
  readonly tokenLifeMs: number;
  /** What one document may cost at most. */
  readonly maxQueryCost: number;
  /** Whether `nodes(ids:)` is charged for each id; recorded answers, of a few ids, were charged as one. */
  readonly chargesEachId: boolean;
  /** The API version that answers, whichever was asked for; null: the one asked for. */
  readonly answeringVersion: string | null;
  /** How many orders may be made by API in a minute: five in a development or trial store. */
  readonly ordersPerMinute: number;
  /** Whether a taken value of a unique metafield makes orderCreate fail; the platform does not say. */
  readonly uniqueInOrderCreate: boolean;
  /** Ids begin above this one; null: as in a shop of today, with 13 or 14 digits. */
  readonly firstId: bigint | null;
  /** The shop's own time, in the bodies of webhooks. */
  readonly offsetMinutes: number;
  /** Whether the ledger lists what answers showed of the store's rows (a source's does). */
  readonly recordsReads: boolean;
  /** Bodies that are alike within this time are sent as one. */
  readonly debounceMs: number;
  /** When a delivery that failed is tried again, after each failure; then its subscription is removed. */
  readonly retriesMs: readonly number[];
  /** Where a receiver that is named in a subscription can be reached; by default at that address. */
  readonly tunnel: (uri: string) => string;
};

/** Eight times within four hours, each wait twice the one before: how long exactly is not published. */
const RETRIES_MS = Array.from({ length: 8 }, (_, index) => Math.round((4 * 3_600_000 * 2 ** index) / 255));

export const DEFAULT_SCOPES = [
  'write_products',
  'read_products',
  'write_inventory',
  'read_inventory',
  'read_locations',
  'write_orders',
  'read_orders',
  'read_all_orders',
  'write_order_edits',
  'read_order_edits',
  'write_customers',
  'read_customers',
  'read_customer_merge',
  'read_assigned_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders',
  'read_merchant_managed_fulfillment_orders',
  'write_third_party_fulfillment_orders',
  'read_third_party_fulfillment_orders',
  'write_fulfillments',
  'read_fulfillments',
  'write_files',
  'read_files',
  'write_publications',
  'read_publications',
] as const;

export const DEFAULT_SETTINGS: Settings = {
  shop: 'sim-target',
  shopName: 'Sim Target',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  plus: false,
  scopes: DEFAULT_SCOPES,
  appId: '580111000001',
  indexLagMs: 0,
  jobMs: 50,
  mediaMs: 0,
  bulkMs: 200,
  bucketSize: 2000,
  restoreRate: 100,
  tokenLifeMs: 86_399_000,
  maxQueryCost: 1000,
  chargesEachId: false,
  answeringVersion: null,
  ordersPerMinute: Number.POSITIVE_INFINITY,
  uniqueInOrderCreate: false,
  firstId: null,
  offsetMinutes: 60,
  recordsReads: false,
  debounceMs: 1_000,
  retriesMs: RETRIES_MS,
  tunnel: (uri) => uri,
};
