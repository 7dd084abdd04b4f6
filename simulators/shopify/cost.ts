import {
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The calculated cost of an operation, by the model fitted to recorded answers: scalars 0, objects 1, mutations 10,
 * a connection 2 + floor(2 ln n) nodes, `nodes(ids:)` one object, a count 10, a variant of a bulk mutation 0.2.
 */
export type CostInput = {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Charge `nodes(ids:)` for each id instead of as one object. */
  readonly chargesEachId?: boolean;
};

/** Objects that cost nothing by themselves. */
const FREE = new Set([
  'MoneyBag',
  'MoneyV2',
  'MailingAddress',
  'Location',
  'FulfillmentTrackingInfo',
  'PageInfo',
  'ProductSetOperation',
  'ProductDeleteOperation',
]);
const FREE_ENDINGS = ['UserError', 'Error', 'Edge'];
const PER_VARIANT = new Set(['productVariantsBulkUpdate', 'productVariantsBulkCreate']);

type Walk = CostInput & {
  /** Answers how many nodes a connection is charged for, or undefined where the field is null. */
  readonly actual: boolean;
};

export function requestedCost(input: CostInput): number {
  return rootCost({ ...input, actual: false }, undefined);
}

export function actualCost(input: CostInput, data: unknown): number {
  return rootCost({ ...input, actual: true }, data);
}

function rootCost(walk: Walk, data: unknown): number {
  const { schema, operation } = walk;
  if (operation.operation === OperationTypeNode.MUTATION) {
    const mutation = schema.getMutationType();
    if (mutation === null || mutation === undefined) return 0;
    return mutationFields(operation.selectionSet, walk).reduce(
      (total, field) => total + mutationCost(field, mutation.getFields()[field.name.value], walk, data),
      0,
    );
  }
  const query = schema.getQueryType();
  return query === null || query === undefined ? 0 : selectionCost(operation.selectionSet, query, walk, data);
}

function mutationFields(selections: SelectionSetNode, walk: Walk): FieldNode[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const set =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : walk.fragments[selection.name.value]?.selectionSet;
    return set === undefined ? [] : mutationFields(set, walk);
  });
}

function mutationCost(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  walk: Walk,
  data: unknown,
): number {
  if (field === undefined) return 0;
  const type = getNamedType(field.type);
  const rows = PER_VARIANT.has(node.name.value) ? argument(node, 'variants', walk) : undefined;
  const surcharge = Array.isArray(rows) ? 0.2 * rows.length : 0;
  const value = valueOf(node, data);
  const inner =
    node.selectionSet !== undefined && isObjectType(type) && !(walk.actual && value === null)
      ? selectionCost(node.selectionSet, type, walk, value)
      : 0;
  return Math.ceil(10 + surcharge - 1e-9) + inner;
}

function selectionCost(set: SelectionSetNode, type: GraphQLCompositeType, walk: Walk, data: unknown): number {
  let own = 0;
  let dearest = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      own += fieldCost(selection, type, walk, data);
      continue;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : walk.fragments[selection.name.value];
    if (fragment === undefined) continue;
    const condition =
      fragment.typeCondition === undefined ? type : walk.schema.getType(fragment.typeCondition.name.value);
    if (
      condition === undefined ||
      condition === null ||
      !('getFields' in condition) ||
      !(isObjectType(condition) || isAbstractType(condition))
    )
      continue;
    const cost = selectionCost(fragment.selectionSet, condition, walk, data);
    // Of the concrete types an interface may be, the dearest counts.
    if (isAbstractType(type) && condition !== type) dearest = Math.max(dearest, cost);
    else own += cost;
  }
  return own + dearest;
}

function fieldCost(node: FieldNode, type: GraphQLCompositeType, walk: Walk, data: unknown): number {
  const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
  if (field === undefined || node.selectionSet === undefined) return 0;
  const named = getNamedType(field.type);
  if (isLeafType(named) || !('getFields' in named || isAbstractType(named))) return 0;
  const value = valueOf(node, data);
  if (walk.actual && (value === null || value === undefined)) return 0;
  if (named.name === 'Count') return 10;
  if (named.name.endsWith('Connection')) return connectionCost(node, named as GraphQLCompositeType, walk, value);
  const inner = (item: unknown): number =>
    selectionCost(node.selectionSet as SelectionSetNode, named as GraphQLCompositeType, walk, item);
  const self = FREE.has(named.name) || FREE_ENDINGS.some((ending) => named.name.endsWith(ending)) ? 0 : 1;
  const ids = walk.chargesEachId === true && node.name.value === 'nodes' ? argument(node, 'ids', walk) : undefined;
  const times = Array.isArray(ids) ? ids.length : 1;
  if (walk.actual && Array.isArray(value))
    return value.length === 0 ? 0 : times * (self + Math.max(...value.map(inner)));
  return times * (self + inner(value));
}

function connectionCost(node: FieldNode, type: GraphQLCompositeType, walk: Walk, value: unknown): number {
  const set = node.selectionSet as SelectionSetNode;
  if (!walk.actual) return 2 + factor(pageSize(node, walk)) * selectionCost(set, type, walk, undefined);
  const { edges, nodes } = (value ?? {}) as { edges?: readonly unknown[]; nodes?: readonly unknown[] };
  const count = (nodes ?? edges ?? []).length;
  if (count === 0) return 2;
  return 2 + factor(count) * selectionCost(set, type, walk, value);
}

/** Recorded for n = 1, 5, 10, 20, 50, 100, 250: 1, 3, 4, 5, 7, 9, 11. */
function factor(n: number): number {
  return Math.max(1, Math.floor(2 * Math.log(n)));
}

function pageSize(node: FieldNode, walk: Walk): number {
  const size = argument(node, 'first', walk) ?? argument(node, 'last', walk);
  return typeof size === 'number' && size > 0 ? size : 1;
}

function argument(node: FieldNode, name: string, walk: Walk): unknown {
  const value = node.arguments?.find((candidate) => candidate.name.value === name)?.value;
  if (value === undefined) return undefined;
  if (value.kind === Kind.VARIABLE) return walk.variables[value.name.value];
  if (value.kind === Kind.INT) return Number(value.value);
  if (value.kind === Kind.LIST) return value.values;
  return undefined;
}

function valueOf(node: FieldNode, data: unknown): unknown {
  if (data === null || data === undefined || typeof data !== 'object') return undefined;
  return (data as Record<string, unknown>)[node.alias?.value ?? node.name.value];
}
