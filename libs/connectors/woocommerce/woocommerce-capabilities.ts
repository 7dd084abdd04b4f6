import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import type { StoreCapabilities } from '../store-connector.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import { toOrderState, WOOCOMMERCE_STATUS_MAP } from './woocommerce-status.ts';

// A shop has no bound on how late a call lands that was given up; unlocked writes ended within 5 s, locked and queued ones within 15 s.
const LANDING_MS = 120_000;

/** Consent to marketing lies with plugins, each in its own place. */
const UNREADABLE: ReadonlySet<FieldName> = new Set(['customer.marketingConsent', 'customer.smsConsent']);

/** WooCommerce's words as states of an order that is not paid and has no refunds. */
const ORDER_STATUSES = Object.fromEntries(
  Object.keys(WOOCOMMERCE_STATUS_MAP).flatMap((word) => {
    const state = toOrderState(word, { paid: false, refunds: [], total: { amountMinor: 0, currency: 'EUR' } });
    return state === null ? [] : [[word, state] as const];
  }),
);

export function capabilitiesOf(landingMs = LANDING_MS): StoreCapabilities {
  return {
    readable: new Set(FIELD_NAMES.filter((field) => !UNREADABLE.has(field))),
    writable: new Set(FIELD_NAMES.filter((field) => !UNREADABLE.has(field))),
    creatable: new Set(['product', 'order', 'customer']),
    stampable: new Set(['product', 'variant', 'order', 'customer']),
    // Customers have no filter by change: all come back whatever is asked.
    changedSince: new Set(['product', 'order']),
    compareAndSwap: new Set(),
    landingMs,
    doublesPossible: new Set(['order', 'customer']),
    readBatchMax: PAGE_MAX,
    writeBatchMax: PAGE_MAX,
    holdsOrders: true,
    completes: new Set(['product', 'order']),
    archivable: new Set(['product', 'order']),
    deletable: new Set(['product', 'order', 'customer']),
    orderStatuses: ORDER_STATUSES,
  };
}
