import {
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type GraphQLSchema,
} from 'graphql';

const NO_ROOT = 'Bulk queries must contain at least one connection.';

/** Why a query cannot be run in bulk; empty: it can. */
export function bulkProblems(schema: GraphQLSchema, query: string): readonly string[] {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return [`Invalid bulk query: ${error instanceof Error ? error.message : 'syntax error'}`];
  }
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) return [NO_ROOT];
  const [root, ...more] = operation.selectionSet.selections;
  if (root?.kind !== Kind.FIELD || more.length > 0) return ['Bulk queries must contain exactly one top-level field.'];
  if (root.name.value === 'node' || root.name.value === 'nodes')
    return [`Bulk queries cannot contain a top level 'node' or 'nodes' field.`];

  const problems = new Set<string>();
  const info = new TypeInfo(schema);
  const open: {
    readonly connection: boolean;
    readonly list: boolean;
    readonly object: string | undefined;
    readonly selectsId: boolean;
  }[] = [];
  let connections = 0;
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(node) {
          const type = info.getType();
          const named = type === null || type === undefined ? undefined : getNamedType(type);
          const bare = isNonNullType(type) ? type.ofType : type;
          const connection = named?.name.endsWith('Connection') === true;
          const parents = open.filter((field) => field.connection);
          if (connection) {
            connections += 1;
            if (parents.length >= 3)
              problems.add('Bulk queries cannot contain connections with a nesting depth greater than 2.');
            if (open.some((field) => field.list))
              problems.add('Queries that contain a connection field within a list field are not currently supported.');
            const holder = open.findLast((field) => field.object !== undefined);
            if (parents.length > 0 && holder?.selectsId === false)
              problems.add(
                `The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': ${node.name.value}.`,
              );
            if (isObjectType(named) && !nodeImplementsNode(schema, named.name))
              problems.add(
                `Queries that contain a connection field whose nodes do not implement the 'Node' interface are not supported: ${node.name.value}.`,
              );
          }
          if (node.name.value === 'nodes' && open.at(-1)?.connection === true)
            problems.add(
              "Bulk queries must use 'edges' and 'node' to select the objects of a connection; 'nodes' is not supported.",
            );
          const listed = isListType(bare) && node.name.value !== 'edges' && node.name.value !== 'nodes';
          const selectsId =
            node.selectionSet?.selections.some(
              (selection) =>
                selection.kind === Kind.FIELD && selection.name.value === 'id' && selection.alias === undefined,
            ) ?? false;
          open.push({
            connection,
            list: listed,
            object: node.name.value === 'node' ? named?.name : undefined,
            selectsId,
          });
        },
        leave() {
          open.pop();
        },
      },
    }),
  );
  if (connections === 0) problems.add(NO_ROOT);
  if (connections > 5) problems.add('Bulk queries cannot contain more than 5 connections.');
  return [...problems];
}

function nodeImplementsNode(schema: GraphQLSchema, connection: string): boolean {
  const type = schema.getType(connection);
  if (!isObjectType(type)) return false;
  const edges = type.getFields()['edges'] ?? type.getFields()['nodes'];
  if (edges === undefined) return false;
  const edge = getNamedType(edges.type);
  const node =
    isObjectType(edge) && edge.name.endsWith('Edge') ? getNamedType(edge.getFields()['node']?.type ?? edge) : edge;
  return (
    (isObjectType(node) || isInterfaceType(node)) &&
    (node.name === 'Node' || node.getInterfaces().some(({ name }) => name === 'Node'))
  );
}
