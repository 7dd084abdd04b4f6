import type { NaturalKey } from '#libs/connectors/store-connector.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import type { StoredCustomer, StoredOrder, StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import type { ProposedLink, RootMatch } from './plan-types.ts';

/** What was looked up for one source root, at both stores. */
export type Candidates = {
  /** What carries the source id at the target. */
  readonly bySourceId: StoredRoot | null;
  /** Target roots that have a key of the source root, by key value; and how many source roots have that key. */
  readonly byKey: ReadonlyMap<string, { readonly targets: readonly StoredRoot[]; readonly sources: number }>;
};

/** The natural key of a root kind and its values; a blank value is no key. */
export function naturalKeys(source: StoredRoot): { readonly key: NaturalKey; readonly values: readonly string[] } {
  switch (source.root) {
    case 'product':
      return {
        key: 'sku',
        values: [...new Set(source.variants.flatMap(({ variant }) => (variant.sku === null ? [] : [variant.sku])))],
      };
    case 'order':
      return { key: 'order-number', values: [plainNumber(source.order.number)] };
    case 'customer':
      return { key: 'email', values: source.customer.email === null ? [] : [foldEmail(source.customer.email)] };
  }
}

export function plainNumber(number: string): string {
  return number.replace(/^#/, '').trim();
}

export function foldEmail(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * Finds the target's counterpart of a source root that has no link: by source id, then by a natural key that is unique on both
 * sides. One hit is a proposed link, several are ambiguous; never guessed.
 */
export function matchRoot(source: StoredRoot, { bySourceId, byKey }: Candidates): RootMatch {
  if (bySourceId !== null)
    return { kind: 'one', target: bySourceId, by: 'source-id', links: linksTo(source, bySourceId, 'source-id') };
  switch (source.root) {
    case 'product':
      return matchProduct(source, byKey);
    case 'order':
      return matchOrder(source, byKey);
    case 'customer':
      return matchCustomer(source, byKey);
  }
}

function matchProduct(source: StoredProduct, byKey: Candidates['byKey']): RootMatch {
  const hits = new Map<string, StoredProduct>();
  for (const value of naturalKeys(source).values) {
    const { targets = [], sources = 0 } = byKey.get(value) ?? {};
    if (targets.length === 0) continue;
    if (sources > 1) return ambiguous(`SKU "${value}" stands on ${String(sources)} products of the source`);
    const variants = targets.flatMap((root) =>
      root.root === 'product' ? root.variants.filter(({ variant }) => variant.sku === value) : [],
    );
    if (variants.length > 1)
      return ambiguous(`SKU "${value}" stands on ${String(variants.length)} variants of the target`);
    for (const root of targets) if (root.root === 'product') hits.set(root.id, root);
  }
  if (hits.size === 0) return { kind: 'none' };
  if (hits.size > 1) return ambiguous(`its SKUs lie in ${String(hits.size)} products of the target`);
  const target = [...hits.values()][0];
  if (target === undefined) return { kind: 'none' };
  return { kind: 'one', target, by: 'sku', links: linksTo(source, target, 'sku') };
}

// An order number alone proves nothing: the target's own checkout numbers its orders too. Two of e-mail, total and day confirm it.
function matchOrder(source: StoredOrder, byKey: Candidates['byKey']): RootMatch {
  const number = plainNumber(source.order.number);
  const { targets = [], sources = 0 } = byKey.get(number) ?? {};
  const confirmed = targets.filter(
    (root): root is StoredOrder => root.root === 'order' && root.sourceId === null && confirmations(source, root) >= 2,
  );
  if (confirmed.length === 0) return { kind: 'none' };
  if (confirmed.length > 1)
    return ambiguous(`${String(confirmed.length)} orders of the target have number ${number} and fit`);
  if (sources > 1) return ambiguous(`${String(sources)} orders of the source have number ${number}`);
  const target = confirmed[0];
  if (target === undefined) return { kind: 'none' };
  return { kind: 'one', target, by: 'order-number', links: linksTo(source, target, 'order-number') };
}

function confirmations({ order: a }: StoredOrder, { order: b }: StoredOrder): number {
  const email = a.email !== null && b.email !== null && foldEmail(a.email) === foldEmail(b.email);
  const total = a.total.amountMinor === b.total.amountMinor && a.total.currency === b.total.currency;
  // Stores stamp the day by their own zone: up to a day apart is the same day.
  const day = Math.abs(Date.parse(a.placedAt) - Date.parse(b.placedAt)) < 86_400_000;
  return [email, total, day].filter(Boolean).length;
}

function matchCustomer(source: StoredCustomer, byKey: Candidates['byKey']): RootMatch {
  const email = source.customer.email === null ? null : foldEmail(source.customer.email);
  const { targets = [], sources = 0 } = (email === null ? undefined : byKey.get(email)) ?? {};
  const hits = targets.filter(({ root }) => root === 'customer');
  if (hits.length === 0) return { kind: 'none' };
  if (hits.length > 1 || sources > 1) return ambiguous('several customers have the same e-mail address');
  const target = hits[0];
  return target === undefined
    ? { kind: 'none' }
    : { kind: 'one', target, by: 'email', links: linksTo(source, target, 'email') };
}

function ambiguous(reason: string): RootMatch {
  return { kind: 'ambiguous', reason };
}

/** Links of a root and of the variants in it that can be told apart: by source id, by SKU, by options, or the only one on both sides. */
export function linksTo(source: StoredRoot, target: StoredRoot, by: Link['by']): readonly ProposedLink[] {
  const root: ProposedLink = { entity: source.root, sourceId: source.id, link: { targetId: target.id, by } };
  if (source.root !== 'product' || target.root !== 'product') return [root];
  const found = source.variants.map((from) => counterpart(from, source, target));
  const variants = source.variants.flatMap((from, index): ProposedLink[] => {
    const to = found[index] ?? null;
    // What two variants of the source would be is neither of them.
    if (to === null || found.indexOf(to) !== found.lastIndexOf(to)) return [];
    return [
      {
        entity: 'variant',
        sourceId: from.id,
        link: { targetId: to, targetRootId: target.id, sourceRootId: source.id, by },
      },
    ];
  });
  return [root, ...variants];
}

function counterpart(
  from: StoredProduct['variants'][number],
  source: StoredProduct,
  target: StoredProduct,
): string | null {
  const tests = [
    (to: StoredProduct['variants'][number]) => to.sourceId !== null && to.sourceId === from.id,
    (to: StoredProduct['variants'][number]) => from.variant.sku !== null && to.variant.sku === from.variant.sku,
    (to: StoredProduct['variants'][number]) => from.variant.options.length > 0 && optionKey(to) === optionKey(from),
  ];
  for (const test of tests) {
    const hits = target.variants.filter(test);
    if (hits.length === 1) return hits[0]?.id ?? null;
    if (hits.length > 1) return null;
  }
  const only =
    source.variants.length === 1 && !source.partial && target.variants.length === 1 ? target.variants[0] : undefined;
  return only?.id ?? null;
}

function optionKey({ variant }: StoredProduct['variants'][number]): string {
  return variant.options
    .map(({ value }) => value.trim().toLowerCase())
    .toSorted()
    .join('\u0000');
}
