import { expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { aStoredProduct, aStoredVariant } from '#tests/builders/entities.ts';
import type { HeardNews } from '../../../services/reconciler/find-cause.ts';
import { narrowToVariant } from '../../../services/reconciler/narrow-to-variant.ts';

function shirt(): StoredProduct {
  const red = aStoredVariant({ id: '11', changedAt: '2026-11-20T10:00:00Z' });
  const blue = aStoredVariant({ id: '12', changedAt: '2026-11-20T11:00:00Z' });
  return aStoredProduct({ id: '10', changedAt: '2026-11-20T11:00:00Z', variants: [red, blue] });
}

const aboutBlue: HeardNews = {
  via: 'webhook',
  receivedAt: Date.parse('2026-11-20T11:00:01Z'),
  outcome: 'applied',
  sourceChangedAt: '2026-11-20T11:00:00Z',
  entities: ['product:10', 'variant:12'],
};
const aboutRed: HeardNews = { ...aboutBlue, sourceChangedAt: '2026-11-20T09:00:00Z', entities: ['variant:11'] };

const settled = { at: 1, changedAt: '2026-11-20T11:00:00Z' };

test('news of a sibling says nothing about a variant', () => {
  const input = { sourceChangedAt: '2026-11-20T11:00:00Z', settled, news: [aboutBlue, aboutRed] };

  const narrowed = narrowToVariant(input, 'variant:11', shirt());

  expect(narrowed).toEqual({
    sourceChangedAt: '2026-11-20T10:00:00Z',
    settled: { at: 1, changedAt: '2026-11-20T09:00:00Z' },
    news: [aboutRed],
  });
});

test('a variant that was never read alone was never settled by its own clock', () => {
  const input = { sourceChangedAt: '2026-11-20T11:00:00Z', settled, news: [aboutBlue] };

  const narrowed = narrowToVariant(input, 'variant:11', shirt());

  expect(narrowed).toEqual({ sourceChangedAt: '2026-11-20T10:00:00Z', settled: null, news: [] });
});

test('news that read the whole product counts for each variant', () => {
  const whole: HeardNews = { ...aboutBlue, entities: ['product:10', 'variant:11', 'variant:12'] };

  const narrowed = narrowToVariant({ sourceChangedAt: null, settled, news: [whole] }, 'variant:11', shirt());

  expect(narrowed.news).toEqual([whole]);
});

test('the product’s own fields go by the product’s clock', () => {
  const input = { sourceChangedAt: '2026-11-20T11:00:00Z', settled, news: [aboutBlue] };

  expect(narrowToVariant(input, 'product:10', shirt())).toBe(input);
});
