import type { StoredRoot } from '#libs/model/stored.ts';
import type { CauseInput, HeardNews } from './find-cause.ts';

/**
 * News of a variation may be followed by a read of that variation alone, where a product has many. So what was heard of its siblings, and the product's own
 * clock, which each of them moves, say nothing about this one: its own clock and the news that it was read for do.
 */
export function narrowToVariant<C extends Pick<CauseInput, 'sourceChangedAt' | 'settled' | 'news'>>(
  input: C,
  entity: string,
  source: StoredRoot | null,
): C {
  if (source?.root !== 'product' || source.variants.length < 2) return input;
  const variant = source.variants.find(({ id }) => entity === `variant:${id}`);
  if (variant === undefined || variant.changedAt === null) return input;
  const news = input.news.filter((one) => looksAt(one, entity));
  const seen = news.flatMap(({ sourceChangedAt }) => (sourceChangedAt === null ? [] : [sourceChangedAt])).toSorted();
  const latest = seen.at(-1);
  // When it was read is told by the news alone.
  const settled = latest === undefined || input.settled === null ? null : { at: input.settled.at, changedAt: latest };
  return { ...input, sourceChangedAt: variant.changedAt, settled, news };
}

function looksAt({ entities }: HeardNews, entity: string): boolean {
  return entities === undefined || entities.includes(entity);
}
