import { describe, expect, test } from 'vitest';

import { readRow } from '../../../cli/links.ts';
import { linksCsv, parseLinksCsv } from '../../../cli/links/links-csv.ts';

const HEAD = 'entity,source_id,target_id,source_product_id,target_product_id';

describe('links as CSV', () => {
  test('are read as they were written', () => {
    const rows = [
      { entity: 'product', sourceId: '42', targetId: '101', sourceProductId: null, targetProductId: null },
      { entity: 'variant', sourceId: '55', targetId: '777', sourceProductId: '42', targetProductId: '101' },
    ] as const;

    expect(parseLinksCsv(linksCsv(rows))).toEqual({
      mistakes: [],
      rows: rows.map((row, at) => ({ ...row, line: at + 2 })),
    });
  });

  test('come from spreadsheets and platforms as well: semicolons, quotes, a mark of the order of bytes, global ids', () => {
    const text = '\uFEFFTarget_ID;Source_ID;Entity\r\n"gid://shopify/Product/101";"42";Product\r\n\r\n';

    expect(parseLinksCsv(text)).toMatchObject({
      mistakes: [],
      rows: [{ line: 2, entity: 'product', sourceId: '42', targetId: '101' }],
    });
  });

  test('tell every mistake with its line', () => {
    const { mistakes } = parseLinksCsv(
      [HEAD, 'produkt,1,2', 'product,1,', 'product,1,2', 'product,3,2', 'variant,5,6'].join('\n'),
    );

    expect(mistakes).toEqual([
      '2: "produkt" is none of product, variant, order, customer',
      '3: an id is missing',
      '5: target product 2 stands on line 4 already',
      '6: a variant needs source_product_id and target_product_id',
    ]);
    expect(parseLinksCsv('a,b\n1,2').mistakes[0]).toContain('the head line lacks entity, source_id, target_id');
  });

  test('are named on the command line by kind and id, variants within their products', () => {
    expect(readRow('order:7', '70')).toMatchObject({ entity: 'order', sourceId: '7', targetId: '70' });
    expect(readRow('product:7', 'none')).toMatchObject({ targetId: null });
    expect(readRow('variant:42/55', '101/777')).toEqual({
      entity: 'variant',
      sourceId: '55',
      targetId: '777',
      sourceProductId: '42',
      targetProductId: '101',
    });
    expect(() => readRow('variant:55', '777')).toThrow('variant:42/55 101/777');
  });
});
