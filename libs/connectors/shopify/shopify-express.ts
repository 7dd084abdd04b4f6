import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Address } from '#libs/model/address.ts';
import { orderStatusSchema, type OrderState, type Parcel, type PaymentState } from '#libs/model/order.ts';
import { stockStatusSchema, type Product, type StockStatus } from '#libs/model/product.ts';
import { addressHash } from '../address-hash.ts';
import type { Expressed, ExpressInput } from '../store-connector.ts';

type Draft = { readonly wanted: Record<string, unknown>; readonly withheld: Record<string, string> };

/**
 * Turns wanted values into what Shopify can hold. Pure, and idempotent: what it returned, once written, is wanted no differently.
 * `fillsItself` tells by its title whether a collection chooses its products itself.
 */
export function express(input: ExpressInput, fillsItself: (title: string) => boolean = () => false): Expressed {
  const draft: Draft = { wanted: { ...input.wanted }, withheld: {} };
  switch (input.entity) {
    case 'variant':
      expressStock(input, draft);
      expressVariant(draft);
      break;
    case 'product':
      expressProduct(draft);
      expressContent(input, draft, fillsItself);
      break;
    case 'customer':
      expressCustomer(input, draft);
      break;
    case 'order':
      expressOrder(input, draft);
      break;
  }
  return draft;
}

function withhold({ wanted, withheld }: Draft, field: string, why: string): void {
  delete wanted[field];
  withheld[field] = why;
}

// ── stock ────────────────────────────────────────────────────────────────────────────────────────────────────

// The platform's own bounds of `available`.
const QUANTITY_MAX = 1_000_000_000;

type SourceStock = { readonly tracked: boolean; readonly quantity: number | null; readonly backorders: boolean };

function expressStock({ wanted: asked, source, present }: ExpressInput, draft: Draft): void {
  const { wanted } = draft;
  const quantity = asked['quantity'];
  if (quantity !== undefined && !isQuantity(quantity))
    withhold(draft, 'quantity', 'not a whole number that Shopify can hold');
  const number = wanted['quantity'];
  // A number is only shown for what is counted; null means that nothing is counted.
  if (typeof number === 'number') wanted['tracked'] = true;
  else if (number === null) wanted['tracked'] = false;

  const status = stockStatusSchema.safeParse(asked['stockStatus']).data;
  if (status === undefined) return;
  const stock: SourceStock = {
    tracked: source?.tracked ?? !(asked['tracked'] === false || quantity === null),
    quantity: source === undefined ? (typeof quantity === 'number' ? quantity : null) : source.quantity,
    backorders: source?.backorders ?? asked['backorders'] === true,
  };
  if (!stock.tracked && (status !== 'inStock' || typeof number !== 'number')) expressUncounted(status, draft);
  else expressCounted(status, stock, present, draft);
}

/** The source counts nothing: whether it sells is all it says, and Shopify can say that by tracking alone. */
function expressUncounted(status: StockStatus, { wanted }: Draft): void {
  if (status === 'inStock') {
    wanted['tracked'] = false;
    if ('quantity' in wanted) wanted['quantity'] = null;
    return;
  }
  wanted['tracked'] = true;
  wanted['quantity'] = 0;
  wanted['backorders'] = status === 'onBackorder';
}

function expressCounted(status: StockStatus, stock: SourceStock, present: FieldValues | null, draft: Draft): void {
  const { wanted } = draft;
  const left = numberLeft(stock, present, wanted);
  if (left === 'unknown') {
    // Tracking begins with a number that nobody has read; the policy is set, and the status is looked at when it is known.
    if (status !== 'inStock' && !('backorders' in wanted)) wanted['backorders'] = status === 'onBackorder';
    return withhold(draft, 'stockStatus', 'follows from a number that is not selected');
  }
  if (left === 'uncounted' || left > 0) {
    if (status !== 'inStock')
      withhold(
        draft,
        'stockStatus',
        `Shopify sells it: ${left === 'uncounted' ? 'it counts no stock' : 'its number is above zero'}`,
      );
    return;
  }
  if (status !== 'inStock') {
    const backorders = status === 'onBackorder';
    // Where backorders are selected they rule: a status that contradicts them cannot be had.
    if (wanted['backorders'] === !backorders)
      return withhold(draft, 'stockStatus', 'contradicts whether backorders are taken');
    wanted['backorders'] = backorders;
    return;
  }
  const mapped = typeof wanted['quantity'] === 'number' && (stock.quantity === null || stock.quantity > 0);
  if (!mapped) return withhold(draft, 'stockStatus', 'Shopify shows nothing in stock at a number of zero or less');
  // A safety stock took the number to zero: the merchant wants to sell no more here.
  const backorders = typeof wanted['backorders'] === 'boolean' ? wanted['backorders'] : stock.backorders;
  wanted['backorders'] = backorders;
  wanted['stockStatus'] = backorders ? 'onBackorder' : 'outOfStock';
}

/** The number that the target will have after this write, as far as it can be known. */
function numberLeft(
  stock: SourceStock,
  present: FieldValues | null,
  wanted: FieldValues,
): number | 'uncounted' | 'unknown' {
  const quantity = wanted['quantity'];
  if (typeof quantity === 'number') return quantity;
  if (wanted['tracked'] === false) return 'uncounted';
  if (present === null) return stock.quantity ?? 'uncounted';
  if (typeof present['quantity'] === 'number') return present['quantity'];
  return wanted['tracked'] === true ? 'unknown' : 'uncounted';
}

function isQuantity(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= QUANTITY_MAX);
}

// ── everything else ──────────────────────────────────────────────────────────────────────────────────────────

function expressVariant(draft: Draft): void {
  const { wanted } = draft;
  if (wanted['price'] === null) withhold(draft, 'price', 'a variant in Shopify always has a price');
  if (wanted['barcode'] === '') wanted['barcode'] = null;
  const weight = wanted['weight'];
  if (isRecord(weight) && weight['grams'] === 0) wanted['weight'] = null;
}

function expressProduct(draft: Draft): void {
  const { wanted } = draft;
  if (wanted['title'] === '') withhold(draft, 'title', 'a product in Shopify always has a title');
  if (wanted['handle'] === '') withhold(draft, 'handle', 'a product in Shopify always has a handle');
  if (wanted['brand'] === '') wanted['brand'] = null;
  const tags = wanted['tags'];
  if (Array.isArray(tags)) wanted['tags'] = expressTags(tags);
  const seo = wanted['seo'];
  if (isRecord(seo)) wanted['seo'] = { title: emptyToNull(seo['title']), description: emptyToNull(seo['description']) };
}

const IMAGES_MAX = 250;

function expressContent({ present }: ExpressInput, draft: Draft, fillsItself: (title: string) => boolean): void {
  const { wanted } = draft;
  const { categories, images } = wanted as Partial<Product>;
  if (categories !== undefined) {
    const titles = categories.map((title) => title.trim()).filter((title) => title !== '' && !fillsItself(title));
    // Nobody puts a product into these, or takes it out.
    const automatic = ((present?.['categories'] ?? []) as Product['categories']).filter(fillsItself);
    wanted['categories'] = [...new Set([...titles, ...automatic])].toSorted();
  }
  if (images === undefined) return;
  const unready = images.findIndex(({ url }) => !/^https?:\/\//.test(url));
  if (images.length > IMAGES_MAX)
    withhold(draft, 'images', `a product in Shopify has no more than ${IMAGES_MAX} images`);
  else if (unready >= 0)
    withhold(draft, 'images', `image ${unready + 1} has no address that Shopify could fetch it from`);
  else wanted['images'] = images.map((image) => ({ ...image, hash: image.hash ?? addressHash(image.url) }));
}

/** Shopify keeps one of several tags that differ in case alone, and sorts them. */
function expressTags(tags: readonly unknown[]): readonly string[] {
  const kept = new Map<string, string>();
  for (const tag of tags.map((value) => String(value).trim()))
    if (tag !== '' && !kept.has(tag.toLowerCase())) kept.set(tag.toLowerCase(), tag);
  return [...kept.values()].toSorted();
}

function expressCustomer({ present }: ExpressInput, draft: Draft): void {
  const { wanted } = draft;
  if (wanted['email'] === '') wanted['email'] = null;
  if (typeof wanted['phone'] === 'string') {
    const phone = toE164(wanted['phone']);
    if (phone === undefined) withhold(draft, 'phone', 'Shopify takes phone numbers with their country code only');
    else wanted['phone'] = phone;
  }
  const reach = (field: string): unknown => (field in wanted ? wanted[field] : present?.[field]) ?? null;
  expressConsent(draft, 'marketingConsent', reach('email') === null ? 'an e-mail address' : null);
  expressConsent(draft, 'smsConsent', reach('phone') === null ? 'a phone number' : null);
  if (Array.isArray(wanted['addresses'])) wanted['addresses'] = expressAddresses(wanted['addresses'] as Address[]);
}

/** Consent hangs on the address that it is for; without one nobody is reached, which is as good as no consent. */
function expressConsent(draft: Draft, field: string, lacks: string | null): void {
  const { wanted } = draft;
  // Null says that the old store does not know, not that consent was taken back.
  if (wanted[field] === null || (wanted[field] === false && lacks !== null)) delete wanted[field];
  else if (wanted[field] === true && lacks !== null)
    withhold(draft, field, `Shopify keeps it with ${lacks}, and there is none`);
}

/** Null for an empty one, undefined where the country cannot be told. */
export function toE164(phone: string): string | null | undefined {
  const digits = phone.replaceAll(/[\s()./-]/g, '').replace(/^00/, '+');
  if (digits === '') return null;
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}

/** Empty addresses do not exist in Shopify, and an address twice is refused. */
export function expressAddresses(addresses: readonly Address[]): readonly Address[] {
  const kept = new Map<string, Address>();
  for (const address of addresses) {
    if (address.address1 === '' && address.city === '' && address.postcode === '') continue;
    const key = JSON.stringify(Object.entries(address).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    if (!kept.has(key)) kept.set(key, address);
  }
  return [...kept.values()];
}

/** Shopify dates a parcel itself and fills in the address of known carriers: both follow what it already has. */
function expressOrder({ present }: ExpressInput, { wanted }: Draft): void {
  if (wanted['note'] === '') wanted['note'] = null;
  const status = orderStatusSchema.safeParse(wanted['status']).data;
  if (status?.state?.cancelled === true) {
    const there = orderStatusSchema.safeParse(present?.['status']).data?.state;
    wanted['status'] = {
      ...status,
      state: { ...status.state, payment: paymentOfCancelled(status.state.payment, there) },
    };
  }
  if (!Array.isArray(wanted['tracking'])) return;
  const known = new Map(((present?.['tracking'] ?? []) as readonly Parcel[]).map((parcel) => [parcel.number, parcel]));
  wanted['tracking'] = (wanted['tracking'] as readonly Parcel[]).map((parcel): Parcel => {
    const there = known.get(parcel.number);
    return {
      number: parcel.number,
      carrier: parcel.carrier ?? there?.carrier ?? null,
      url: parcel.url ?? there?.url ?? null,
      shippedAt: there?.shippedAt ?? parcel.shippedAt,
    };
  });
}

const UNPAID: ReadonlySet<PaymentState> = new Set(['pending', 'authorised', 'voided']);

/** Cancelling an order that nobody paid voids it; what the shop says of one that is cancelled already stands. */
function paymentOfCancelled(wanted: PaymentState, present: OrderState | null | undefined): PaymentState {
  if (!UNPAID.has(wanted)) return wanted;
  return present?.cancelled === true && UNPAID.has(present.payment) ? present.payment : 'voided';
}

function emptyToNull(value: unknown): unknown {
  return value === '' ? null : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
