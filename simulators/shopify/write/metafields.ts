import type { Context, Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import {
  findDefinition,
  findMetafield,
  metafieldProblem,
  ownerExists,
  toDigest,
  toNamespace,
  touchOwner,
  writeMetafield,
} from '../metafields.ts';
import type { UserErrorRecord } from '../records.ts';
import type { MetafieldRecord } from '../app-records.ts';

type SetInput = {
  readonly ownerId: string;
  readonly namespace?: Maybe<string>;
  readonly key: string;
  readonly type?: Maybe<string>;
  readonly value: string;
  readonly compareDigest?: Maybe<string>;
};
type Identifier = { readonly ownerId: string; readonly namespace: string; readonly key: string };
type DefinitionInput = {
  readonly ownerType: string;
  readonly namespace?: Maybe<string>;
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly capabilities?: Maybe<{ readonly uniqueValues?: Maybe<{ readonly enabled: boolean }> }>;
};
type SetError = UserErrorRecord & { readonly elementIndex: number | null };

export const metafieldMutations: ResolverMap[string] = {
  metafieldsSet: (_: unknown, { metafields }: { metafields: readonly SetInput[] }, context) =>
    setMetafields(context, metafields),
  metafieldsDelete: (_: unknown, { metafields }: { metafields: readonly Identifier[] }, { world }) => ({
    deletedMetafields: metafields.map(({ ownerId, namespace, key }) => {
      const known = findMetafield(world, ownerId, namespace, key);
      if (known === undefined) return null;
      world.metafields.remove(known.id);
      touchOwner(world, ownerId);
      return { ownerId, namespace, key };
    }),
    userErrors: [],
  }),
  metafieldDefinitionCreate: (_: unknown, { definition }: { definition: DefinitionInput }, { world }) => {
    const namespace = toNamespace(world, definition.namespace);
    const wantsUnique = definition.capabilities?.uniqueValues?.enabled;
    if (definition.type === 'id' && wantsUnique === false) {
      return refuseDefinition(
        ['capabilities', 'uniqueValues'],
        "The unique_values capability is required for the 'id' type and can't be disabled.",
        'CAPABILITY_REQUIRED_BUT_DISABLED',
      );
    }
    if (findDefinition(world, definition.ownerType, namespace, definition.key) !== undefined)
      return refuseDefinition(['key'], 'Key is in use for another metafield definition on this owner type.', 'TAKEN');
    const createdDefinition = world.definitions.insert({
      id: world.gid('MetafieldDefinition'),
      ownerType: definition.ownerType,
      namespace,
      key: definition.key,
      name: definition.name,
      type: definition.type,
      unique: definition.type === 'id' || wantsUnique === true,
    });
    return { createdDefinition, userErrors: [] };
  },
};

/** All or none; 25 at most. */
function setMetafields(
  { world }: Context,
  inputs: readonly SetInput[],
): { metafields: readonly MetafieldRecord[] | null; userErrors: readonly SetError[] } {
  if (inputs.length > 25) {
    const error = userError(
      ['metafields'],
      'Exceeded the maximum metafields input limit of 25.',
      'LESS_THAN_OR_EQUAL_TO',
    );
    return { metafields: null, userErrors: [{ ...error, elementIndex: null }] };
  }
  const seen = new Set<string>();
  const userErrors = inputs.flatMap((input, index): SetError[] => {
    const refuse = (part: string | undefined, message: string, code: string): SetError[] => [
      {
        ...userError(part === undefined ? ['metafields', index] : ['metafields', index, part], message, code),
        elementIndex: index,
      },
    ];
    if (!ownerExists(world, input.ownerId)) return refuse('ownerId', 'Owner does not exist.', 'INVALID');
    const known = findMetafield(world, input.ownerId, toNamespace(world, input.namespace), input.key);
    if (
      'compareDigest' in input &&
      (known === undefined ? null : toDigest(known.value)) !== (input.compareDigest ?? null)
    ) {
      return refuse(
        undefined,
        'The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.',
        'STALE_OBJECT',
      );
    }
    const mark = [input.ownerId, input.namespace, input.key].join('\n');
    if (seen.has(mark)) return refuse(undefined, 'The metafield is duplicated in the input.', 'INVALID');
    seen.add(mark);
    const problem = metafieldProblem(world, input.ownerId, input);
    return problem === undefined ? [] : refuse(problem.part, problem.message, problem.code);
  });
  if (userErrors.length > 0) return { metafields: null, userErrors };
  const metafields = inputs.map((input) => writeMetafield(world, input.ownerId, input));
  for (const ownerId of new Set(inputs.map((input) => input.ownerId))) touchOwner(world, ownerId);
  return { metafields, userErrors: [] };
}

function refuseDefinition(field: readonly string[], message: string, code: string): unknown {
  return { createdDefinition: null, userErrors: [userError(['definition', ...field], message, code)] };
}
