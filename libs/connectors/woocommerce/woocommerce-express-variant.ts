import { moneySchema, type Money } from '#libs/model/money.ts';
import { stockStatusSchema, type StockStatus } from '#libs/model/product.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import type { ExpressInput } from '../store-connector.ts';
import { withhold, type ExpressDraft } from './woocommerce-express-draft.ts';

export function expressVariant(input: ExpressInput, draft: ExpressDraft): void {
  expressPrices(input, draft);
  expressStock(input, draft);
  const { wanted } = draft;
  const { barcode } = wanted as { barcode?: string | null };
  if (barcode === '') wanted['barcode'] = null;
  else if (typeof barcode === 'string' && /[^0-9X-]/.test(barcode))
    withhold(draft, 'barcode', 'WooCommerce keeps digits and hyphens of a barcode only');
  const weight = wanted['weight'] as { readonly grams: number } | null | undefined;
  if (weight?.grams === 0) wanted['weight'] = null;
}

// ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────

/** The regular price is what is struck while a sale price, which is lower, is charged: neither is ever written alone against the other. */
function expressPrices({ present, selected }: ExpressInput, draft: ExpressDraft): void {
  const { wanted } = draft;
  for (const field of ['price', 'compareAtPrice'] as const) {
    const amount = moneyOf(wanted[field]);
    if (amount !== null && amount.amountMinor < 0) withhold(draft, field, 'below zero');
  }
  const price = 'price' in wanted ? moneyOf(wanted['price']) : moneyOf(present?.['price']);
  if ('compareAtPrice' in wanted) {
    const struck = moneyOf(wanted['compareAtPrice']);
    if (struck === null) return;
    if (price !== null && struck.amountMinor > price.amountMinor) return;
    // A struck price that is not above the price is shown nowhere.
    if ('price' in wanted || selected.includes('price')) wanted['compareAtPrice'] = null;
    else withhold(draft, 'compareAtPrice', 'WooCommerce strikes only a price that is above the one charged');
    return;
  }
  const struck = moneyOf(present?.['compareAtPrice']);
  if (!('price' in wanted) || struck === null) return;
  if (price === null || price.amountMinor >= struck.amountMinor)
    withhold(draft, 'price', 'a lower price is struck there, and compareAtPrice is not selected');
}

function moneyOf(value: unknown): Money | null {
  return moneySchema.nullish().safeParse(value).data ?? null;
}

// ── stock ────────────────────────────────────────────────────────────────────────────────────────────────────

// The database's column.
const QUANTITY_MAX = 1_000_000_000;

function expressStock({ wanted: asked, source, present }: ExpressInput, draft: ExpressDraft): void {
  const { wanted } = draft;
  const quantity = asked['quantity'];
  if (quantity !== undefined && !isQuantity(quantity))
    withhold(draft, 'quantity', 'not a whole number that WooCommerce can hold');
  const number = wanted['quantity'];
  // A number is only shown for what is counted; null means that nothing is counted.
  if (typeof number === 'number') wanted['tracked'] = true;
  else if (number === null) wanted['tracked'] = false;

  const counted = isCounted(wanted, present);
  // Without counting there is nothing to go below.
  if (!counted && wanted['backorders'] === true) {
    if (present === null || present['tracked'] !== true) delete wanted['backorders'];
    else wanted['backorders'] = false;
  }
  const status = stockStatusSchema.safeParse(asked['stockStatus']).data;
  if (status === undefined || !counted) return;
  expressCounted(status, { source, present, asked }, draft);
}

type Counted = Pick<ExpressInput, 'present'> & {
  readonly source: ExpressInput['source'] | undefined;
  readonly asked: FieldValues;
};

/** The status of what is counted follows from its number, and cannot be had otherwise. */
function expressCounted(status: StockStatus, { source, present, asked }: Counted, draft: ExpressDraft): void {
  const { wanted } = draft;
  const left = typeof wanted['quantity'] === 'number' ? wanted['quantity'] : present?.['quantity'];
  if (typeof left !== 'number') return withhold(draft, 'stockStatus', 'follows from a number that is not selected');
  const backorders = wanted['backorders'] ?? present?.['backorders'] ?? source?.backorders ?? false;
  const shown: StockStatus = left > 0 ? 'inStock' : backorders === true ? 'onBackorder' : 'outOfStock';
  if (shown === status) return;
  // A transform (a safety stock) moved the number across zero: the merchant wants what follows from it.
  const moved = typeof asked['quantity'] === 'number' && source !== undefined && asked['quantity'] !== source.quantity;
  if (moved) wanted['stockStatus'] = shown;
  else withhold(draft, 'stockStatus', `WooCommerce counts its stock, and shows it as ${shown} at ${String(left)}`);
}

function isCounted(wanted: FieldValues, present: FieldValues | null): boolean {
  if (typeof wanted['tracked'] === 'boolean') return wanted['tracked'];
  return present?.['tracked'] === true;
}

function isQuantity(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= QUANTITY_MAX);
}
