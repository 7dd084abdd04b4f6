import { formatMoney } from '#libs/model/money.ts';
import type { StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf, selects } from './entity-values.ts';
import { linksTo } from './match-root.ts';
import { isMadeByUs } from './stamps.ts';
import type { LeftOut, PlanInput, ProposedLink, RootLinks } from './plan-types.ts';

/** Links of variants that came to both sides after their product was linked. */
export function linksSince(source: StoredRoot, target: StoredRoot, links: RootLinks): readonly ProposedLink[] {
  // Whether a SKU is unique shows only where both sides were read whole.
  if (source.root !== 'product' || source.partial || target.root !== 'product' || target.partial) return [];
  const taken = new Set(source.variants.flatMap(({ id }) => links.get(`variant:${id}`)?.targetId ?? []));
  const by = links.get(`product:${source.id}`)?.by ?? 'sku';
  return linksTo(source, target, by).filter(
    ({ entity, sourceId, link }) =>
      entity === 'variant' && !links.has(`variant:${sourceId}`) && !taken.has(link.targetId),
  );
}

/** Variants of the source of which the target's product has no counterpart, where anything of a variant is selected. */
export function findLeftOut(
  { settings, links }: Pick<PlanInput, 'settings' | 'links'>,
  source: StoredRoot,
  target: StoredRoot,
  paired: ReadonlySet<string>,
): LeftOut | null {
  if (source.root === 'order' && target.root === 'order')
    return isMadeByUs(source, links.get(`order:${source.id}`), settings.migratedAt)
      ? findOtherTotal(source, target)
      : null;
  if (!selects(settings.selection, 'variant')) return null;
  const loose = entitiesOf(source).filter(({ entity, id }) => entity === 'variant' && !paired.has(`${entity}:${id}`));
  if (loose.length === 0) return null;
  const names = loose.map(({ id, label }) => `"${label ?? id}"`).join(', ');
  return {
    reason: 'unlinked',
    entities: loose.map(({ entity, id }) => `${entity}:${id}`),
    message: `the target’s product has no counterpart of ${loose.length === 1 ? 'the variant' : 'the variants'} ${names}`,
  };
}

/**
 * An order that Lockstep made must agree to the cent: a total cannot be changed after creation, so a person has to see it. What a
 * full migration made may round as it likes.
 */
function findOtherTotal(source: StoredOrder, target: StoredOrder): LeftOut | null {
  const [wanted, made] = [source.order.total, target.order.total];
  if (wanted.amountMinor === made.amountMinor && wanted.currency === made.currency) return null;
  const message = `the order was made with a total of ${formatMoney(made)} ${made.currency}, and the source says ${formatMoney(wanted)} ${wanted.currency}`;
  return { reason: 'total-differs', entities: [`order:${source.id}`], message };
}
