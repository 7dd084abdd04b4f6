import { readFileSync } from 'node:fs';

import {
  buildSchema,
  GraphQLError,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLScalarType,
} from 'graphql';

import type { Context, ResolverMap } from './context.ts';
import { topLevelError } from './graphql-errors.ts';
import { typeOf } from './world.ts';

const SDL = new URL('./admin-subset.graphql', import.meta.url);

/** The subset of the real Admin API schema, with the resolvers of this store hung in. */
export function createSchema(resolvers: ResolverMap): GraphQLSchema {
  const schema = buildSchema(readFileSync(SDL, 'utf8'));
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`Cannot hang resolvers into "${typeName}": the schema has no such object`);
    for (const [name, resolve] of Object.entries(fields)) {
      const field = type.getFields()[name];
      if (field === undefined)
        throw new Error(`Cannot hang a resolver into "${typeName}.${name}": the schema has no such field`);
      field.resolve = resolve as GraphQLFieldResolver<unknown, Context>;
    }
  }
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    field.resolve ??= () => {
      throw topLevelError(`${field.name} is not played by this simulated store`, 'INTERNAL_SERVER_ERROR');
    };
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) type.resolveType = (value) => typeOf((value as { readonly id: string }).id);
    if (isScalarType(type)) typeScalar(type);
  }
  return schema;
}

function typeScalar(type: GraphQLScalarType): void {
  switch (type.name) {
    case 'Decimal':
    case 'Money':
      type.parseValue = parseDecimal;
      type.parseLiteral = (node) => parseDecimal('value' in node ? node.value : undefined);
      break;
    case 'DateTime':
      type.parseValue = parseTime;
      type.parseLiteral = (node) => parseTime('value' in node ? node.value : undefined);
      break;
    case 'UnsignedInt64':
      type.serialize = String;
      break;
    default:
  }
}

function parseDecimal(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d+(\.\d+)?$/.test(text))
    throw new GraphQLError(`invalid decimal '${String(value)}'`);
  return text;
}

function parseTime(value: unknown): string {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw new GraphQLError(`invalid DateTime '${String(value)}'`);
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
