import { connect, type PageArgs } from '../connection.ts';
import type { Resolver, ResolverMap } from '../context.ts';
import { findMetafield, metafieldsOf, toDigest, toNamespace } from '../metafields.ts';
import type { MetafieldDefinitionRecord, MetafieldRecord } from '../app-records.ts';
import { numberOf } from '../world.ts';

type Owner = { readonly id: string };

const metafield: Resolver = (owner: Owner, args: { namespace?: string | null; key: string }, { world }) =>
  findMetafield(world, owner.id, toNamespace(world, args.namespace), args.key) ?? null;

const metafields: Resolver = (
  owner: Owner,
  args: PageArgs & { namespace?: string | null; keys?: readonly string[] | null },
  { world, unpaged },
) =>
  connect(
    metafieldsOf(world, owner.id).filter(
      (field) =>
        (args.namespace === undefined || args.namespace === null || field.namespace === args.namespace) &&
        (args.keys === undefined ||
          args.keys === null ||
          args.keys.includes(field.key) ||
          args.keys.includes(`${field.namespace}.${field.key}`)),
    ),
    args,
    { unpaged },
  );

export const ownerFields: Readonly<Record<'metafield' | 'metafields', Resolver>> = { metafield, metafields };

export const legacyResourceId: Resolver = (record: Owner) => numberOf(record.id);

export const metafieldResolvers: ResolverMap = {
  Metafield: { compareDigest: (field: MetafieldRecord) => toDigest(field.value) },
  MetafieldDefinition: {
    type: (definition: MetafieldDefinitionRecord) => ({ name: definition.type }),
    capabilities: (definition: MetafieldDefinitionRecord) => ({
      uniqueValues: { enabled: definition.unique, eligible: definition.type === 'id' || definition.unique },
    }),
  },
};
