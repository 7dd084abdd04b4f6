import { readFileSync } from 'node:fs';

import { buildSchema, parse, validate, validateSchema } from 'graphql';
import { describe, expect, test } from 'vitest';

import { documentOf, operationNames } from './shopify-simulator.harness.ts';

const SDL = readFileSync(new URL('../../simulators/shopify/admin-subset.graphql', import.meta.url), 'utf8');

describe('the schema', () => {
  const schema = buildSchema(SDL);

  test('is a valid schema', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  test.each(operationNames)('takes the document %s', (name) => {
    expect(validate(schema, parse(documentOf(name)))).toEqual([]);
  });
});
