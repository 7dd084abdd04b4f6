import { readFileSync } from 'node:fs';

import { buildSchema, NoDeprecatedCustomRule, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, test } from 'vitest';

import type { Document } from '#libs/connectors/shopify/shopify-documents.ts';
import * as catalogue from '#libs/connectors/shopify/shopify-documents-products.ts';
import * as lookups from '#libs/connectors/shopify/shopify-documents-lookup.ts';
import * as reads from '#libs/connectors/shopify/shopify-documents-read.ts';
import * as content from '#libs/connectors/shopify/shopify-documents-content.ts';
import * as retire from '#libs/connectors/shopify/shopify-documents-retire.ts';
import * as shop from '#libs/connectors/shopify/shopify-documents-shop.ts';
import * as writes from '#libs/connectors/shopify/shopify-documents-write.ts';

const schema = buildSchema(readFileSync('simulators/shopify/admin-subset.graphql', 'utf8'));
const RULES = [...specifiedRules, NoDeprecatedCustomRule];

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && 'text' in value && 'name' in value;
}

const { productsById, productsPage, variantsById, variantsPage } = catalogue;
const ofLocations = [productsById, productsPage, variantsById, variantsPage].map((make) => make(3));
const fixed = [
  ...ofLocations,
  ...Object.values(catalogue),
  ...Object.values(reads),
  ...Object.values(shop),
  ...Object.values(writes),
  ...Object.values(retire),
  ...Object.values(content),
].filter((value) => isDocument(value));
function textOf(name: string): string {
  return fixed.find((document) => document.name === name)?.text ?? '';
}

const made = Object.values(lookups).map((make) => make(3));

describe('the GraphQL documents', () => {
  test.each([...fixed, ...made])('$name is valid, and uses nothing deprecated', ({ text }) => {
    const errors = validate(schema, parse(text), RULES);

    expect(errors.map(({ message }) => message)).toEqual([]);
  });

  test('every name is its document’s own', () => {
    const names = [...fixed, ...made].map(
      ({ name, text }) => [name, /(?:query|mutation) (\w+)/.exec(text)?.[1]] as const,
    );

    expect(names.filter(([name, inText]) => name !== inText)).toEqual([]);
    expect(new Set(names.map(([name]) => name)).size).toBe(names.length);
  });

  test.each([
    ['products', catalogue.bulkProducts(['gid://shopify/Location/1'], false)],
    ['products with texts', catalogue.bulkProducts(['gid://shopify/Location/1', 'gid://shopify/Location/2'], true)],
    ['orders', reads.bulkOrders(false)],
    ['orders with what was carried of their history', reads.bulkOrders(true)],
    ['customers', reads.BULK_CUSTOMERS],
  ])('the export of %s is valid and keeps to what an export may ask', (_name, text) => {
    const errors = validate(schema, parse(text), RULES);

    expect(errors.map(({ message }) => message)).toEqual([]);
    expect(text).not.toContain('nodes');
    expect(text.match(/edges/g)?.length).toBeLessThanOrEqual(5);
  });

  test('no document replaces a product that is there, and only one creates by productSet', () => {
    const withProductSet = fixed.filter(({ text }) => text.includes('productSet(')).map(({ name }) => name);

    expect(withProductSet).toEqual(['CreateProduct']);
  });

  test('nothing that could notify a customer or restock leaves it to a default', () => {
    expect(textOf('Cancel')).toMatch(/restock: false, notifyCustomer: false/);
    expect(textOf('Track')).toMatch(/notifyCustomer: false/);
    expect(textOf('CreateOrder')).toMatch(
      /inventoryBehaviour: BYPASS, sendReceipt: false, sendFulfillmentReceipt: false/,
    );
  });
});
