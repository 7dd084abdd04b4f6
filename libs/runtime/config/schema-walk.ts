import { z } from 'zod';

import type { ConfigPath } from './yaml-source.ts';

/** What stands at a path of a schema, through optional, default and transform; null where the path leaves it. */
export function schemaAt(schema: z.core.$ZodType, path: ConfigPath): z.core.$ZodType | null {
  let node: z.core.$ZodType | null = schema;
  for (const part of path) {
    if (node === null) return null;
    node = childOf(unwrap(node), part);
  }
  return node;
}

/** The keys that a group of settings knows; none where it is no group. */
export function keysAt(schema: z.core.$ZodType, path: ConfigPath): readonly string[] {
  const found = schemaAt(schema, path);
  if (found === null) return [];
  const inner = unwrap(found);
  if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => keysAt(option as z.core.$ZodType, []));
  if (inner instanceof z.ZodRecord && inner.keyType instanceof z.ZodEnum) return inner.keyType.options.map(String);
  return [];
}

/** The description at a path, as written by the schema's author. */
export function describeAt(schema: z.core.$ZodType, path: ConfigPath): string | null {
  let node = schemaAt(schema, path);
  while (node instanceof z.ZodType) {
    if (node.description !== undefined) return node.description;
    const inner: z.core.$ZodType = unwrapOnce(node);
    if (inner === node) return null;
    node = inner;
  }
  return null;
}

/** Without optional, default, transform. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = unwrapOnce(schema);
  return inner === schema ? schema : unwrap(inner);
}

function unwrapOnce(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return schema.unwrap();
  if (schema instanceof z.ZodPipe) return schema.in;
  return schema;
}

function childOf(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | null {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    return Object.hasOwn(shape, part) ? (shape[part] ?? null) : null;
  }
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(part)] ?? null;
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) {
      const found = childOf(unwrap(option as z.core.$ZodType), part);
      if (found !== null) return found;
    }
  }
  return null;
}
