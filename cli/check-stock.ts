import type { CallContext, Finding } from '#libs/connectors/store-connector.ts';
import { mapStockStatus } from '#libs/fields/map-fields.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import type { OpenPair } from './context.ts';
import { count } from './text.ts';

/** So many products are looked at: words that a plugin made up are few, and on many products. */
const PRODUCTS_MAX = 200;

/** Which stock words of plugins the old shop uses that nothing gives a meaning; nothing where there are none. */
export async function stockFindings({ settings, source }: OpenPair, call: CallContext): Promise<readonly Finding[]> {
  const { selection, maps, create } = settings;
  if (!selection.has('variant.stockStatus') && create.product === 'none') return [];
  const products: StoredProduct[] = [];
  const { connector } = source;
  const reading = { ...call, fields: new Set(['variant.stockStatus'] as const) };
  // Oldest first, and no platform begins an export of everything for it.
  const pages = connector.capabilities.changedSince.has('product')
    ? connector.scanChanged('product', new Date(0).toISOString(), reading)
    : connector.scan('product', {}, reading);
  for await (const { roots } of pages) {
    products.push(...roots.flatMap((root) => (root.root === 'product' ? [root] : [])));
    if (products.length >= PRODUCTS_MAX) break;
  }
  return stockWordFindings(settings.name, products, maps.stockStatus);
}

/** The same of products that were read. Pure. */
export function stockWordFindings(
  pair: string,
  products: readonly StoredProduct[],
  map: OpenPair['settings']['maps']['stockStatus'],
): readonly Finding[] {
  const words = new Map<string, number>();
  for (const { variants } of products)
    for (const { variant } of variants)
      if (variant.stockWord !== undefined && mapStockStatus(variant, map) === null)
        words.set(variant.stockWord, (words.get(variant.stockWord) ?? 0) + 1);
  if (words.size === 0) return [];
  const named = [...words].map(([word, variants]) => `${word} (${count(variants, 'variant')})`).join(', ');
  return [
    {
      level: 'warning',
      topic: 'mapping',
      message: `variant.stockStatus: words of a plugin without a meaning here: ${named}`,
      remedy: `say what they mean under pairs.${pair}.sync.variant.map.stockStatus; until then those products are parked`,
    },
  ];
}
