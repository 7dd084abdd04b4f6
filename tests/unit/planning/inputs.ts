import type { FieldName } from '#libs/fields/field-names.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import type { StoredProduct, StoredRoot, StoredVariant } from '#libs/model/stored.ts';
import { linksTo } from '#libs/planning/match-root.ts';
import type { PlanInput } from '#libs/planning/plan-types.ts';
import { aStoredProduct, aStoredVariant, aVariant } from '#tests/builders/entities.ts';
import { aPair } from '#tests/builders/settings.ts';

export const fingerprint = createFingerprint(Buffer.from('planning'));
export const OLD = '2026-10-01T08:00:00Z';
export const NEW = '2026-11-20T08:00:00Z';

export type Over = Partial<PlanInput> & { readonly pair?: Parameters<typeof aPair>[0] };

/** A plan of a root that has no link, over a target that can do everything. */
export function planOf(source: StoredRoot | null, { pair = {}, ...over }: Over = {}): PlanInput {
  return {
    settings: aPair(pair),
    root: source?.root ?? 'product',
    rootId: source?.id ?? '1',
    source,
    links: new Map(),
    match: null,
    target: null,
    settled: null,
    inherited: null,
    held: new Set(),
    references: new Map(),
    express: ({ wanted }) => ({ wanted, withheld: {} }),
    capabilities: {
      creatable: new Set(['product', 'order', 'customer']),
      writable: new Set(),
      stampable: new Set(['product', 'variant', 'order', 'customer']),
      holdsOrders: true,
    },
    fingerprint,
    ...over,
  };
}

/** The same, linked to a target root as its SKUs, options and ids allow. */
export function linkedPlan(source: StoredRoot, target: StoredRoot, over: Over = {}): PlanInput {
  return planOf(source, { target, links: linksOf(source, target), ...over });
}

export function linksOf(source: StoredRoot, target: StoredRoot): ReadonlyMap<string, Link> {
  return new Map(
    linksTo(source, target, 'sku').map(({ entity, sourceId, link }) => [`${entity}:${sourceId}`, { ...link, at: 0 }]),
  );
}

export function variant(id: string, sku: string | null, quantity: number | null = 5, size?: string): StoredVariant {
  const options = size === undefined ? [] : [{ name: 'Size', value: size }];
  return aStoredVariant({ id, variant: aVariant({ sku, quantity, options }) });
}

export function product(id: string, variants: readonly StoredVariant[], change: Partial<StoredProduct> = {}) {
  return aStoredProduct({ id, createdAt: OLD, variants, ...change });
}

export const fields = (...names: readonly FieldName[]) => new Set<FieldName>(names);
