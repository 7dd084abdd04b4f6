import type { PairScope } from '#libs/model/pair.ts';
import type { StoredRoot } from '#libs/model/stored.ts';

/** Whether the config's scope keeps a root in. */
export function inScope(source: StoredRoot, scope: PairScope): boolean {
  switch (source.root) {
    case 'order': {
      const { createdSince, exclude = [] } = scope.order ?? {};
      const { number, status } = source.order;
      if ([status.word, number, source.id].some((said) => exclude.includes(said))) return false;
      return createdSince === undefined || Date.parse(source.order.placedAt) >= createdSince;
    }
    case 'product': {
      const { categories, excludeSkus = [], types } = scope.product ?? {};
      if (types !== undefined && source.unsupported !== undefined && !types.includes(source.unsupported)) return false;
      if (categories !== undefined && !source.product.categories.some((category) => categories.includes(category)))
        return false;
      return (
        excludeSkus.length === 0 ||
        !source.variants.every(({ variant }) => variant.sku !== null && excludeSkus.includes(variant.sku))
      );
    }
    case 'customer':
      return true;
  }
}
