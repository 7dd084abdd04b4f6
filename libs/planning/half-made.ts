import type { Link } from '#libs/facts/fact-kinds.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import type { PlanInput } from './plan-types.ts';
import { isMadeByUs } from './stamps.ts';

/**
 * Whether what was found under our mark is the half of a creation that nobody saw the end of, on a platform that makes such roots in
 * steps: a product is shown last of all, and an order has its lines and its total before it is anything. Only while its creation is
 * unfinished: what people made of a whole one since is theirs.
 */
export function isHalfMade(
  { unfinished, capabilities, settings }: Pick<PlanInput, 'unfinished' | 'capabilities' | 'settings'>,
  source: StoredRoot,
  target: StoredRoot,
  link: Pick<Link, 'by'> | undefined,
): boolean {
  if (unfinished !== true || capabilities.completes?.has(source.root) !== true) return false;
  if (target.sourceId !== source.id || !isMadeByUs(source, link, settings.migratedAt)) return false;
  if (source.root === 'product' && target.root === 'product') {
    if (source.partial || target.product.status !== 'draft') return false;
    return source.product.status !== 'draft' || source.variants.length > target.variants.length;
  }
  if (source.root !== 'order' || target.root !== 'order') return false;
  const [wanted, there] = [source.order, target.order];
  return there.lines.length < wanted.lines.length || there.total.amountMinor !== wanted.total.amountMinor;
}
