import type { FieldValues } from '#libs/fields/field-names.ts';
import { formatMoney, moneySchema, type Money } from '#libs/model/money.ts';
import type { Product } from '#libs/model/product.ts';
import { HOLD_META, SOURCE_META } from './woocommerce-marks.ts';
import type { SeoPlugin, VariantNative } from './woocommerce-mapping.ts';

// Pure: wanted values as WooCommerce's fields. Batches check nothing (words in a number are zero there), so every value that leaves
// here has its exact form already.

export type Body = Readonly<Record<string, unknown>>;
export type MetaBody = { readonly key: string; readonly value: unknown };

const STATUS: Readonly<Record<Product['status'], string>> = { active: 'publish', draft: 'draft', archived: 'draft' };

/** Product fields without terms and images, which are ids. Named fields only: what is not sent stays as it is. */
export function toProductBody(values: FieldValues, seo: SeoPlugin): Body {
  const product = values as Partial<Product>;
  const meta = product.seo === undefined ? [] : toSeoMeta(product.seo, seo);
  return {
    ...(product.title === undefined ? {} : { name: escapeLone(product.title) }),
    ...(product.description === undefined ? {} : { description: product.description }),
    ...(product.handle === undefined ? {} : { slug: product.handle }),
    ...(product.status === undefined ? {} : { status: STATUS[product.status] }),
    ...(meta.length === 0 ? {} : { meta_data: meta }),
  };
}

/** A lone `<` would be taken for the beginning of a tag, and the rest with it. Reading gives it back. */
function escapeLone(text: string): string {
  return text.replaceAll(/<(?![a-zA-Z/!])/g, '&lt;');
}

const SEO_KEYS: Readonly<Record<SeoPlugin, { readonly title: string; readonly description: string }>> = {
  yoast: { title: '_yoast_wpseo_title', description: '_yoast_wpseo_metadesc' },
  rankMath: { title: 'rank_math_title', description: 'rank_math_description' },
};

/** A null takes the key away. */
function toSeoMeta({ title, description }: Product['seo'], plugin: SeoPlugin): readonly MetaBody[] {
  const keys = SEO_KEYS[plugin];
  return [
    { key: keys.title, value: title },
    { key: keys.description, value: description },
  ];
}

/** What a variant's own row takes; `present` as the shop has it now, since prices and stock are told by several fields together. */
export function toVariantBody(values: FieldValues, present: FieldValues, weightUnit: string | null): Body {
  return {
    ...toPriceBody(values, present),
    ...toStockBody(values, present),
    ...('barcode' in values ? { global_unique_id: values['barcode'] ?? '' } : {}),
    ...('weight' in values ? toWeightBody(values['weight'] as { grams: number } | null, weightUnit) : {}),
  };
}

function toPriceBody(values: FieldValues, present: FieldValues): Body {
  if (!('price' in values) && !('compareAtPrice' in values)) return {};
  const price = moneyOf('price' in values ? values['price'] : present['price']);
  const struck = moneyOf('compareAtPrice' in values ? values['compareAtPrice'] : present['compareAtPrice']);
  const isSale = struck !== null && price !== null && struck.amountMinor > price.amountMinor;
  if (!isSale) return { regular_price: price === null ? '' : formatMoney(price), sale_price: '' };
  // An old sale's dates would keep this one from being charged; what is made has none.
  const dates = 'price' in present ? { date_on_sale_from: '', date_on_sale_to: '' } : {};
  return { regular_price: formatMoney(struck), sale_price: formatMoney(price), ...dates };
}

function moneyOf(value: unknown): Money | null {
  return moneySchema.nullish().safeParse(value).data ?? null;
}

/** The fields of stock: of a row that counts for itself, or of a parent that counts for its variations. */
export function toStockBody(values: FieldValues, present: FieldValues): Body {
  const { quantity, tracked, backorders, stockStatus } = values;
  const count = typeof quantity === 'number' ? true : quantity === null ? false : (tracked as boolean | undefined);
  const isCounted = count ?? present['tracked'] === true;
  return {
    ...(count === undefined ? {} : { manage_stock: count }),
    ...(typeof quantity === 'number' ? { stock_quantity: quantity } : {}),
    ...(isCounted && backorders !== undefined ? { backorders: backorders === true ? 'yes' : 'no' } : {}),
    // Of what is counted it follows from the number.
    ...(isCounted || stockStatus === undefined ? {} : { stock_status: STOCK_STATUS[stockStatus as string] }),
  };
}

const STOCK_STATUS: Readonly<Record<string, string>> = {
  inStock: 'instock',
  outOfStock: 'outofstock',
  onBackorder: 'onbackorder',
};

const GRAMS: Readonly<Record<string, number>> = { g: 1, kg: 1000, oz: 28.349523125, lbs: 453.59237 };

/** In the shop's own unit, exact to a thousandth of a gram; nothing where the unit is not known, rather than a wrong one. */
export function toWeightBody(weight: { readonly grams: number } | null, unit: string | null): Body {
  if (weight === null) return { weight: '' };
  const factor = unit !== null && Object.hasOwn(GRAMS, unit) ? GRAMS[unit] : undefined;
  return factor === undefined ? {} : { weight: (weight.grams / factor).toFixed(9).replace(/\.?0+$/, '') };
}

/** Whether a variant's stock lies on its parent. */
export function isCountedByParent(native: unknown): boolean {
  return (native as VariantNative | undefined)?.countedBy === 'parent';
}

export function sourceMeta(sourceId: string): MetaBody {
  return { key: SOURCE_META, value: sourceId };
}

export function holdMeta(word: string | null): MetaBody {
  return { key: HOLD_META, value: word };
}
