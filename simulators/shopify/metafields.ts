import { createHash } from 'node:crypto';

import { topLevelError, userError } from './graphql-errors.ts';
import type { UserErrorRecord } from './records.ts';
import type { MetafieldDefinitionRecord, MetafieldRecord } from './app-records.ts';
import { metafieldKey, typeOf, type World } from './world.ts';

const OWNER_TYPES: Readonly<Record<string, string>> = {
  Product: 'PRODUCT',
  ProductVariant: 'PRODUCTVARIANT',
  Order: 'ORDER',
  Customer: 'CUSTOMER',
  Collection: 'COLLECTION',
  Location: 'LOCATION',
};

export type MetafieldInput = {
  readonly id?: string | null | undefined;
  readonly namespace?: string | null | undefined;
  readonly key?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly value?: string | null | undefined;
};

/** An omitted namespace is the app's own. */
export function toNamespace(world: World, namespace: string | null | undefined): string {
  return namespace ?? `app--${world.settings.appId}`;
}

export function findMetafield(
  world: World,
  ownerId: string,
  namespace: string,
  key: string,
): MetafieldRecord | undefined {
  return world.metafields.of(ownerId).find((field) => field.namespace === namespace && field.key === key);
}

export function metafieldsOf(world: World, ownerId: string): readonly MetafieldRecord[] {
  return world.metafields.of(ownerId);
}

export function findDefinition(
  world: World,
  ownerType: string,
  namespace: string,
  key: string,
): MetafieldDefinitionRecord | undefined {
  return world.definitions
    .all()
    .find((known) => known.ownerType === ownerType && known.namespace === namespace && known.key === key);
}

export function toDigest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** Looks an owner up by a metafield of type id; without such a definition the platform refuses to look. */
export function ownerByCustomId(
  world: World,
  ownerType: string,
  customId: { namespace?: string | null | undefined; key: string; value: string },
): string | undefined {
  const namespace = toNamespace(world, customId.namespace);
  const definition = findDefinition(world, ownerType, namespace, customId.key);
  if (definition?.type !== 'id')
    throw topLevelError("Metafield definition of type 'id' is required when using custom ids.", 'NOT_FOUND');
  const ownerTypeName = Object.keys(OWNER_TYPES).find((name) => OWNER_TYPES[name] === ownerType) ?? '';
  return world.metafields.byKey([ownerTypeName, namespace, customId.key, customId.value].join('\n'))[0]?.ownerId;
}

/** Why a metafield cannot be written, in the codes of metafieldsSet; undefined: it can. */
export function metafieldProblem(
  world: World,
  ownerId: string,
  input: MetafieldInput,
): { message: string; code: string; part: string } | undefined {
  const namespace = toNamespace(world, input.namespace);
  const key = input.key ?? '';
  const value = input.value ?? '';
  const ownerType = OWNER_TYPES[typeOf(ownerId)] ?? '';
  const definition = findDefinition(world, ownerType, namespace, key);
  if (key === '') return { message: "Key can't be blank", code: 'BLANK', part: 'key' };
  if (value === '') return { message: "Value can't be blank.", code: 'BLANK', part: 'value' };
  const type = input.type ?? definition?.type ?? findMetafield(world, ownerId, namespace, key)?.type;
  if (type === undefined) return { message: "Type can't be blank", code: 'BLANK', part: 'type' };
  if (definition !== undefined && type !== definition.type) {
    return {
      message: `Type must be consistent with the definition's type: '${definition.type}'.`,
      code: 'INVALID_TYPE',
      part: 'type',
    };
  }
  if (definition?.unique === true && isTaken(world, ownerId, namespace, key, value)) {
    return { message: 'Value has already been taken.', code: 'TAKEN', part: 'value' };
  }
  if (type === 'json' && !isJson(value))
    return { message: 'Value is invalid JSON.', code: 'INVALID_VALUE', part: 'value' };
  return undefined;
}

function isTaken(world: World, ownerId: string, namespace: string, key: string, value: string): boolean {
  return world.metafields
    .byKey(metafieldKey({ ownerId, namespace, key, value }))
    .some((field) => field.ownerId !== ownerId);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function writeMetafield(world: World, ownerId: string, input: MetafieldInput): MetafieldRecord {
  const namespace = toNamespace(world, input.namespace);
  const key = input.key ?? '';
  const value = input.value ?? '';
  const known = findMetafield(world, ownerId, namespace, key);
  const stamp = world.stamp();
  if (known !== undefined)
    return known.value === value ? known : world.metafields.update(known.id, { value, updatedAt: stamp });
  const definition = findDefinition(world, OWNER_TYPES[typeOf(ownerId)] ?? '', namespace, key);
  const type = input.type ?? definition?.type ?? 'single_line_text_field';
  return world.metafields.insert({
    id: world.gid('Metafield'),
    ownerId,
    namespace,
    key,
    type,
    value,
    createdAt: stamp,
    updatedAt: stamp,
  });
}

/** Checks the metafields that come along with another input; all or none are written. */
export function checkMetafields(
  world: World,
  ownerId: string,
  inputs: readonly MetafieldInput[],
  path: readonly string[],
  code?: string,
): UserErrorRecord[] {
  return inputs.flatMap((input, index) => {
    const problem = metafieldProblem(world, ownerId, input);
    return problem === undefined
      ? []
      : [userError([...path, 'metafields', index, problem.part], problem.message, code)];
  });
}

/** A change of a metafield moves its owner's clock. */
export function touchOwner(world: World, ownerId: string): void {
  const updatedAt = world.stamp();
  if (world.products.get(ownerId) !== undefined) world.products.update(ownerId, { updatedAt });
  if (world.variants.get(ownerId) !== undefined) world.variants.update(ownerId, { updatedAt });
  if (world.orders.get(ownerId) !== undefined) world.orders.update(ownerId, { updatedAt });
  if (world.customers.get(ownerId) !== undefined) world.customers.update(ownerId, { updatedAt });
}

export function ownerExists(world: World, ownerId: string): boolean {
  return [world.products, world.variants, world.orders, world.customers, world.locations, world.collections].some(
    (table) => table.get(ownerId) !== undefined,
  );
}
