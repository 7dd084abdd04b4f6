import type { StoredRoot } from '#libs/model/stored.ts';
import { splitKey } from './run-file.ts';

/** How people recognise an entity: its SKU or number, and what shoppers call it. People themselves are masked. */
export type Label = { readonly label: string; readonly title: string | null };

export function labelEntity(stored: StoredRoot | null, entity: string): Label {
  const [kind, id] = splitKey(entity);
  const unknown = { label: `${kind} ${id}`, title: null };
  switch (stored?.root) {
    case 'product': {
      if (kind === 'product') return { label: stored.product.title, title: null };
      const found = stored.variants.find((variant) => variant.id === id)?.variant;
      if (found === undefined) return unknown;
      const own = found.title === '' || found.title === stored.product.title ? '' : ` ${found.title}`;
      return { label: found.sku ?? `variant ${id}`, title: `${stored.product.title}${own}` };
    }
    case 'order':
      return { label: `#${stored.order.number}`, title: null };
    case 'customer':
      return {
        label: stored.customer.email === null ? `customer ${id}` : maskEmail(stored.customer.email),
        title: null,
      };
    case undefined:
      return unknown;
  }
}

/** `anna@example.com` → `a…@e….com`: enough to recognise for those who know, nothing for others. */
export function maskEmail(email: string): string {
  const [name = '', host = ''] = email.split('@');
  const dot = host.lastIndexOf('.');
  const ending = dot === -1 ? '' : host.slice(dot);
  return `${name.slice(0, 1)}…@${host.slice(0, 1)}…${ending}`;
}
