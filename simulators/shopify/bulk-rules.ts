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
  type FieldNode,
  type GraphQLSchema,
} from 'graphql';

type OpenField = {
  readonly connection: boolean;
  readonly list: boolean;
  readonly isNode: boolean;
  readonly selectsId: boolean;
};
type Seen = {
  readonly node: FieldNode;
  readonly typeName: string;
  readonly connection: boolean;
  readonly open: readonly OpenField[];
};

const MAX_CONNECTIONS = 5;
const MAX_DEPTH = 2;

/** Why a query cannot be run in bulk; empty: it can. */
export function bulkProblems(schema: GraphQLSchema, query: string): readonly string[] {
  const shape = rootProblem(query);
  if (shape !== undefined) return [shape];
  const problems = new Set<string>();
  const info = new TypeInfo(schema);
  const open: OpenField[] = [];
  let connections = 0;
  visit(
    parse(query),
    visitWithTypeInfo(info, {
      Field: {
        enter(node) {
          const type = info.getType();
          const typeName = type === null || type === undefined ? '' : getNamedType(type).name;
          const connection = typeName.endsWith('Connection');
          if (connection) connections += 1;
          for (const problem of fieldProblems(schema, { node, typeName, connection, open })) problems.add(problem);
          const list = isListType(isNonNullType(type) ? type.ofType : type) && node.name.value !== 'edges';
          open.push({ connection, list, isNode: node.name.value === 'node', selectsId: selectsId(node) });
        },
        leave() {
          open.pop();
        },
      },
    }),
  );
  if (connections === 0) problems.add('Bulk queries must contain at least one connection.');
  if (connections > MAX_CONNECTIONS)
    problems.add(`Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`);
  return [...problems];
}

function rootProblem(query: string): string | undefined {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return `Invalid bulk query: ${error instanceof Error ? error.message : 'syntax error'}`;
  }
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [root, ...more] = operation?.selectionSet.selections ?? [];
  if (root?.kind !== Kind.FIELD || more.length > 0) return 'Bulk queries must contain exactly one top-level field.';
  return root.name.value === 'node' || root.name.value === 'nodes'
    ? "Bulk queries cannot contain a top level 'node' or 'nodes' field."
    : undefined;
}

function fieldProblems(schema: GraphQLSchema, { node, typeName, connection, open }: Seen): string[] {
  const name = node.name.value;
  const problems: string[] = [];
  if (name === 'nodes' && open.at(-1)?.connection === true) {
    problems.push(
      "Bulk queries must use 'edges' and 'node' to select the objects of a connection; 'nodes' is not supported.",
    );
  }
  if (!connection) return problems;
  const above = open.filter((field) => field.connection).length;
  if (above > MAX_DEPTH)
    problems.push(`Bulk queries cannot contain connections with a nesting depth greater than ${MAX_DEPTH}.`);
  if (open.some(({ list }) => list))
    problems.push('Queries that contain a connection field within a list field are not currently supported.');
  if (open.findLast(({ isNode }) => isNode)?.selectsId === false) {
    problems.push(
      `The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': ${name}.`,
    );
  }
  if (!listsNodes(schema, typeName))
    problems.push(
      `Queries that contain a connection field whose objects do not implement the Node interface are not supported: ${name}.`,
    );
  return problems;
}

function selectsId(node: FieldNode): boolean {
  return (
    node.selectionSet?.selections.some(
      (selection) => selection.kind === Kind.FIELD && selection.name.value === 'id' && selection.alias === undefined,
    ) ?? false
  );
}

/** ShippingLine, say, is no Node: its connection cannot be exported. */
function listsNodes(schema: GraphQLSchema, connection: string): boolean {
  const type = schema.getType(connection);
  const fields = isObjectType(type) ? type.getFields() : {};
  const edges = fields['edges'] ?? fields['nodes'];
  if (edges === undefined) return false;
  const edge = getNamedType(edges.type);
  const inner = isObjectType(edge) && edge.name.endsWith('Edge') ? edge.getFields()['node'] : undefined;
  const node = inner === undefined ? edge : getNamedType(inner.type);
  return (
    (isObjectType(node) || isInterfaceType(node)) &&
    (node.name === 'Node' || node.getInterfaces().some(({ name }) => name === 'Node'))
  );
}
