import { z } from 'zod';

// What is read of WooCommerce's answers: only what is used, and as PHP gives it. Plugins turn numbers into strings and
// back, empty objects into `[]`, and leave out what they do not know; none of that is a reason to stop.

const scalar = z.union([z.string(), z.number(), z.boolean()]);
// A number beyond 2^53 has lost digits when it arrives here: another entity's id, so none. As a string it is whole.
const id = z.union([z.int().nonnegative(), z.string().regex(/^(0|[1-9]\d{0,18})$/)]).transform(String);
/** The id of something else, or what PHP says where there is none. */
export const reference = z
  .union([z.int(), z.string(), z.literal(false)])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === false ? '0' : String(value)));
export const text = scalar
  .nullish()
  .transform((value) => (value === null || value === undefined || value === false ? '' : String(value)));
export const time = z
  .union([z.string(), z.literal(false)])
  .nullish()
  .transform((value) => (value === false ? null : value));

/** A decimal as a string that parseMoney reads; floats such as 51.166000000000004 lose their noise. */
const decimal = z.union([z.string(), z.number()]).nullish().transform(toDecimal);

function toDecimal(value: string | number | null | undefined): string {
  if (typeof value !== 'number') return value ?? '';
  return Number.isFinite(value) ? value.toFixed(8).replace(/\.?0+$/, '') : '';
}

/** A word that WooCommerce always says: without it nothing is known. */
const word = z.string().min(1);

export const flag = scalar
  .nullish()
  .transform((value) => value === true || value === 1 || value === '1' || value === 'yes' || value === 'true');

/** Null where nothing is said. Words in its place (`"12 Stk."`) are refused: no number is ever guessed from them. */
const nullableNumber = z
  .union([z.number().min(-1e15).max(1e15), z.string().regex(/^\s*([+-]?\d{1,15}(\.\d+)?)?\s*$/), z.literal(false)])
  .nullable()
  .transform((value) => (value === null || value === false || String(value).trim() === '' ? null : Number(value)));
const number = nullableNumber.or(z.undefined().transform(() => null));
/** For what is only shown. */
const looseNumber = number.catch(null);

/** A list as PHP gives it: an array, a numbered object where keys were unset, or nothing (`false`, an empty string). */
export function listOf<T extends z.ZodType>(element: T) {
  return z
    .union([
      z.array(element),
      z.record(z.string(), element).transform((record): z.output<T>[] => Object.values(record)),
      z.union([z.literal(false), z.literal('')]).transform((): z.output<T>[] => []),
    ])
    .nullish()
    .transform((list): z.output<T>[] => list ?? []);
}

/** An object that PHP turns into `[]` when it is empty. */
function objectOrEmpty<T extends z.ZodType>(schema: T) {
  return z
    .union([
      schema,
      z.array(z.never()).transform((): null => null),
      z.union([z.literal(false), z.literal('')]).transform((): null => null),
    ])
    .nullish()
    .transform((value): z.output<T> | null => value ?? null);
}

const metaSchema = z.object({ key: z.string().nullish(), value: z.unknown().optional() });
export type MetaWire = z.infer<typeof metaSchema>;
/** Anybody writes here, and most of it is never looked at: an odd entry is passed over. */
const metaList = listOf(metaSchema.nullable().catch(null))
  .catch([])
  .transform((list) => list.filter((entry) => entry !== null));

const namedSchema = z.object({ name: text });
const categorySchema = z.object({ name: text, slug: text });
const imageSchema = z.object({ id: reference, src: text, alt: text });

const dates = {
  date_created_gmt: time,
  date_modified_gmt: time,
};

// What is asked for and not said is not known: for these, nothing stands in its place.
const sellable = {
  sku: text,
  global_unique_id: text,
  price: z.union([z.string(), z.number()]).nullable().transform(toDecimal),
  regular_price: decimal,
  sale_price: decimal,
  on_sale: flag,
  /** `true`, `false`, or `"parent"` on a variation whose parent counts. */
  manage_stock: scalar,
  stock_quantity: nullableNumber,
  stock_status: word,
  backorders: text,
  weight: text,
  virtual: flag,
  meta_data: metaList,
};

export const variationWireSchema = z.object({
  id,
  ...dates,
  ...sellable,
  name: text,
  attributes: listOf(z.object({ name: text, option: text })),
});
export type VariationWire = z.infer<typeof variationWireSchema>;

export const productWireSchema = z.object({
  id,
  type: word,
  parent_id: reference,
  status: word,
  ...dates,
  ...sellable,
  name: text,
  slug: text,
  description: text,
  categories: listOf(categorySchema),
  brands: listOf(namedSchema),
  tags: listOf(namedSchema),
  images: listOf(imageSchema),
  /** How many there are; where that is not understood, all are read. */
  variations: listOf(id).catch([]),
});
export type ProductWire = z.infer<typeof productWireSchema>;

const addressWireSchema = z.object({
  first_name: text,
  last_name: text,
  company: text,
  address_1: text,
  address_2: text,
  city: text,
  state: text,
  postcode: text,
  country: text,
  phone: text,
  email: text,
});
export type AddressWire = z.infer<typeof addressWireSchema>;

const lineTaxSchema = z.object({ id: reference, total: decimal });
export type LineTaxWire = z.infer<typeof lineTaxSchema>;

const taxed = { total: decimal, total_tax: decimal, taxes: listOf(lineTaxSchema) };

export const lineWireSchema = z.object({
  id,
  name: text,
  product_id: reference,
  variation_id: reference,
  quantity: number,
  subtotal: decimal,
  subtotal_tax: decimal,
  ...taxed,
  sku: text,
});
export type LineWire = z.infer<typeof lineWireSchema>;

export const orderWireSchema = z.object({
  id,
  number: text.refine((value) => value !== ''),
  status: word,
  currency: z.string().regex(/^[A-Z]{3}$/),
  prices_include_tax: flag,
  ...dates,
  date_paid_gmt: time,
  date_completed_gmt: time,
  discount_total: decimal,
  discount_tax: decimal,
  total: decimal,
  total_tax: decimal,
  customer_id: reference,
  billing: objectOrEmpty(addressWireSchema),
  shipping: objectOrEmpty(addressWireSchema),
  payment_method: text,
  payment_method_title: text,
  customer_note: text,
  created_via: text,
  meta_data: metaList,
  line_items: listOf(lineWireSchema),
  tax_lines: listOf(z.object({ rate_id: reference, label: text, rate_percent: looseNumber })),
  shipping_lines: listOf(z.object({ method_title: text, ...taxed })),
  fee_lines: listOf(z.object({ name: text, ...taxed })),
  coupon_lines: listOf(z.object({ code: text })),
  refunds: listOf(z.object({ id, reason: text, total: decimal })),
  /** Of the plugin Germanized; absent where the shop has none of it. */
  shipments: z.unknown().optional(),
});
export type OrderWire = z.infer<typeof orderWireSchema>;

export const refundWireSchema = z.object({
  id,
  amount: decimal,
  reason: text,
  date_created_gmt: time,
  meta_data: metaList,
});
export type RefundWire = z.infer<typeof refundWireSchema>;

export const noteWireSchema = z.object({ id, note: text, customer_note: flag, date_created_gmt: time });
export type NoteWire = z.infer<typeof noteWireSchema>;

export const customerWireSchema = z.object({
  id,
  ...dates,
  email: text,
  first_name: text,
  last_name: text,
  role: text,
  billing: objectOrEmpty(addressWireSchema),
  shipping: objectOrEmpty(addressWireSchema),
  meta_data: metaList,
});
export type CustomerWire = z.infer<typeof customerWireSchema>;

export const webhookWireSchema = z.object({ id, topic: text, delivery_url: text, status: text });

export const systemStatusSchema = z.object({
  environment: z.object({ store_id: z.string().nullish(), home_url: z.string(), version: z.string() }),
  settings: z.object({
    currency: z.string().regex(/^[A-Z]{3}$/),
    enabled_features: listOf(z.string().catch('')).catch([]),
  }),
});

export const homeSchema = z.object({ home: z.url() });

export const settingSchema = z.object({ value: z.unknown().optional() });

export const idOnlySchema = z.object({ id });

/** What is wanted even of a row that is otherwise not understood: which it is, and where a walk met it. */
export const oddRowSchema = z.object({
  id,
  date_created_gmt: time.catch(null),
  date_modified_gmt: time.catch(null),
  number: text.catch(''),
  email: text.catch(''),
});
export const skuHitSchema = z.object({ id, sku: text, type: z.string(), parent_id: reference });

/** The platform's own shape of an error. */
export const errorWireSchema = z.object({
  code: z.union([z.string(), z.number()]),
  message: text,
  data: z.unknown().optional(),
});

/** What the body of a webhook says about its root; the rest is not looked at. */
export const webhookBodySchema = z.object({
  id: id.refine((value) => value !== '0').nullish(),
  type: z.unknown().optional(),
  parent_id: reference.catch('0'),
  date_modified_gmt: time.catch(null),
  code: z.unknown().optional(),
});

const DATES = 'date_created_gmt,date_modified_gmt';
const SELLABLE =
  'sku,global_unique_id,price,regular_price,sale_price,on_sale,manage_stock,stock_quantity,stock_status,backorders,weight,virtual,status,meta_data';

/** `_fields` of a read: what the schemas above look at, and nothing that costs the shop a query for nothing. */
export const WIRE_FIELDS = {
  product: `id,type,parent_id,name,slug,description,categories,brands,tags,images,variations,${DATES},${SELLABLE}`,
  variation: `id,name,attributes,${DATES},${SELLABLE}`,
  order: `id,number,status,currency,prices_include_tax,${DATES},date_paid_gmt,date_completed_gmt,discount_total,discount_tax,total,total_tax,customer_id,billing,shipping,payment_method,payment_method_title,customer_note,created_via,meta_data,line_items,tax_lines,shipping_lines,fee_lines,coupon_lines,refunds,shipments`,
  customer: `id,${DATES},email,first_name,last_name,role,billing,shipping,meta_data`,
} as const;

export const termWireSchema = z.object({ id, name: text });

const batchErrorSchema = z.object({ code: z.union([z.string(), z.number()]).transform(String), message: text });
const batchRowSchema = z.object({ id: reference, error: batchErrorSchema.nullish() });
/** A batch's answer is 200 whatever happens: what became of each row stands in the row. Nothing at all is an empty list. */
export const batchWireSchema = z.union([
  z.object({ create: listOf(batchRowSchema), update: listOf(batchRowSchema) }),
  z.array(z.never()).transform(() => ({ create: [], update: [] })),
]);

export const imagesWireSchema = z.object({ id, images: listOf(imageSchema), meta_data: metaList });

export const settingGroupsSchema = z.array(z.object({ id: z.string(), label: text, parent_id: text }));
export const mailSettingSchema = z.object({ id: z.string(), value: z.unknown().optional() });

export const metaOnlySchema = z.object({ id, meta_data: metaList });

export const orderNumberSchema = z.object({ id, number: text });

export const youngWireSchema = z.object({ id, date_created_gmt: time, meta_data: metaList });
export type YoungWire = z.infer<typeof youngWireSchema>;

/** Customers have neither. */
export const statusWireSchema = z.object({ id, status: text, slug: text });
