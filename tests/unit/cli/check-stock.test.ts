import { expect, test } from 'vitest';

import { stockWordFindings } from '../../../cli/check-stock.ts';
import { product, variant } from '../planning/inputs.ts';

const odd = (id: string, stockWord: string) => {
  const own = variant(id, id, 1);
  return { ...own, variant: { ...own.variant, stockWord } };
};

test('stock words of a plugin that nothing gives a meaning are named with their variants', () => {
  const products = [
    product('1', [odd('11', 'preorder'), odd('12', 'preorder'), variant('13', 'C', 5)]),
    product('2', [odd('21', 'lastcall')]),
  ];

  const [found, ...others] = stockWordFindings('acme', products, { lastcall: 'inStock' });

  expect(others).toEqual([]);
  expect(found).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('preorder (2 variants)'),
    remedy: expect.stringContaining('pairs.acme.sync.variant.map.stockStatus'),
  });
  expect(found?.message).not.toContain('lastcall');
});

test('where each word has its meaning nothing is said', () => {
  expect(stockWordFindings('acme', [product('1', [variant('11', 'A', 1)])], undefined)).toEqual([]);
});
