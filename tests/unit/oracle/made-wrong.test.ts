import { expect, test } from 'vitest';

import { findMadeWrong } from '../../../simulators/oracle/made-wrong.ts';
import { twoShops } from './shops.ts';

function withANewBowl(made: { readonly title: string; readonly skus: readonly string[] }) {
  const { source, target } = twoShops();
  const { id } = source.people.createProduct({ name: 'Bowl & Co', sku: 'BOWL-1', regular_price: '9.00' });
  target.seedProduct({
    title: made.title,
    options: ['Title'],
    variants: made.skus.map((sku) => ({ sku, price: '9.00', optionValues: [sku] })),
    metafields: [{ namespace: 'lockstep', key: 'source_id', type: 'id', value: String(id) }],
  });
  return { id, wrong: findMadeWrong(source.state(), target.state()) };
}

test('a product that was made as it is at the old shop is right', () => {
  expect(withANewBowl({ title: 'Bowl & Co', skus: ['BOWL-1'] }).wrong).toEqual([]);
});

test('a product that was made under another title, with a variant too many, is wrong twice', () => {
  const { id, wrong } = withANewBowl({ title: 'Bowl &amp; Co', skus: ['BOWL-1', 'BOWL-2'] });

  expect(wrong).toEqual([
    `product ${id} title: old "Bowl & Co", new "Bowl &amp; Co"`,
    `product ${id} variants: old 1, new 2`,
  ]);
});

test('a customer that was made with another address is wrong', () => {
  const { source, target } = twoShops();
  const { id } = source.people.createCustomer({ email: 'new@shop.example', last_name: 'Berg' });
  const metafields = [{ namespace: 'lockstep', key: 'source_id', type: 'id', value: String(id) }];
  target.seedCustomer({ email: 'other@shop.example', lastName: 'Berg', metafields });

  expect(findMadeWrong(source.state(), target.state())).toEqual([
    `customer ${id} e-mail: old "new@shop.example", new "other@shop.example"`,
  ]);
});

test('what the migration made, which left no mark, is not looked at', () => {
  const { source, target } = twoShops();
  target.editTexts(target.state().products[0]?.id ?? '', { title: 'By people' });

  expect(findMadeWrong(source.state(), target.state())).toEqual([]);
});
