import { expect, test } from 'vitest';

import { createItemMemory } from '#libs/connectors/shopify/shopify-item-memory.ts';

const owner = (id: string) => ({ rootId: `p${id}`, variantId: `v${id}` });

test('the memory of items is bounded, and forgets what was not asked for longest', () => {
  const memory = createItemMemory(2);

  memory.set('1', owner('1'));
  memory.set('2', owner('2'));
  memory.get('1');
  memory.set('3', owner('3'));

  expect([memory.get('1'), memory.get('2'), memory.get('3')]).toEqual([owner('1'), undefined, owner('3')]);
});
