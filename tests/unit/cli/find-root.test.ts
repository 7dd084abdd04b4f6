import { expect, test } from 'vitest';

import type { ReadContext, StoreConnector } from '#libs/connectors/store-connector.ts';
import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import {
  anOrder,
  aStoredCustomer,
  aStoredOrder,
  aStoredProduct,
  aStoredVariant,
  aVariant,
} from '#tests/builders/entities.ts';
import { findRoot } from '../../../cli/find-root.ts';

const CALL: ReadContext = { signal: new AbortController().signal, priority: 'change', fields: new Set() };

function shopWith(...roots: readonly StoredRoot[]): StoreConnector {
  const store = createMemoryStore();
  for (const root of roots) store.put(root);
  return createMemoryConnector(store, { now: () => 0 });
}

const shirt = aStoredProduct({
  id: '14',
  variants: [aStoredVariant({ id: '15', variant: aVariant({ sku: 'SIM-014' }) })],
});

test('finds a product by the SKU of its variant', async () => {
  expect(await findRoot(shopWith(shirt), 'SIM-014', CALL)).toMatchObject({ root: 'product', rootId: '14' });
});

test('finds an order by its number, with the sign in front or without', async () => {
  const shop = shopWith(shirt, aStoredOrder({ id: '90', order: anOrder({ number: '1047' }) }));

  expect(await findRoot(shop, '#1047', CALL)).toEqual({ root: 'order', rootId: '90', label: '#1047' });
  expect(await findRoot(shop, '1047', CALL)).toMatchObject({ root: 'order', rootId: '90' });
});

test('finds by kind and id, and by an id alone where only one kind has it', async () => {
  const shop = shopWith(shirt, aStoredCustomer({ id: '7' }));

  expect(await findRoot(shop, 'product:14', CALL)).toMatchObject({ root: 'product', rootId: '14' });
  expect(await findRoot(shop, '7', CALL)).toEqual({ root: 'customer', rootId: '7', label: 'customer 7' });
});

test('refuses what several have, naming them, and what nothing has', async () => {
  const shop = shopWith(aStoredProduct({ id: '7', variants: [] }), aStoredCustomer({ id: '7' }));

  await expect(findRoot(shop, '7', CALL)).rejects.toThrow('name one of product:7, customer:7');
  await expect(findRoot(shop, 'GONE', CALL)).rejects.toThrow('Cannot find "GONE"');
});
