import {
  execute,
  getOperationAST,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import type { BulkPort, Context, SearchWarning } from './context.ts';
import type { CostInput } from './cost.ts';
import type { Idempotency } from './idempotency.ts';
import { coerceVariables } from './variables.ts';
import type { Author, World } from './world.ts';

/** A document that parses and fits the schema, with the variables given. */
export type Prepared = CostInput & {
  readonly document: DocumentNode;
  readonly rawVariables: Readonly<Record<string, unknown>>;
  /** The key of @idempotent on the root field, if there is one. */
  readonly idempotencyKey: string | undefined;
};
export type GraphqlRequest = {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
};
export type Refusal = { readonly errors: readonly GraphQLError[] };
export type Outcome = { readonly result: ExecutionResult; readonly warnings: readonly SearchWarning[] };

export type Executor = {
  readonly schema: GraphQLSchema;
  readonly prepare: (request: GraphqlRequest) => Prepared | Refusal;
  readonly run: (
    prepared: Prepared,
    options: { readonly author: Author; readonly onlyFirst?: number | undefined; readonly unpaged?: boolean },
  ) => Outcome;
};

export function createExecutor(parts: {
  readonly schema: GraphQLSchema;
  readonly world: World;
  readonly idempotency: Idempotency;
  readonly bulk: BulkPort;
}): Executor {
  const { schema, world } = parts;
  const documents = new Map<string, DocumentNode | Refusal>();

  const load = (query: string): DocumentNode | Refusal => {
    const known = documents.get(query);
    if (known !== undefined) return known;
    const loaded = parseAndValidate(schema, query);
    documents.set(query, loaded);
    return loaded;
  };

  return {
    schema,
    prepare({ query, variables, operationName }) {
      const document = load(query);
      if ('errors' in document) return document;
      const operation = getOperationAST(document, operationName);
      if (operation === null || operation === undefined) {
        return {
          errors: [
            new GraphQLError(
              operationName === undefined ? 'An operation name is required' : `No operation named "${operationName}"`,
            ),
          ],
        };
      }
      const coerced = coerceVariables(schema, operation, variables);
      if ('errors' in coerced) return coerced;
      const fragments: Record<string, FragmentDefinitionNode> = {};
      for (const definition of document.definitions)
        if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
      return {
        schema,
        document,
        operation,
        fragments,
        variables: coerced.variables,
        rawVariables: variables,
        idempotencyKey: idempotencyKey(operation, coerced.variables),
      };
    },
    run(prepared, { author, onlyFirst, unpaged = false }) {
      const warnings: SearchWarning[] = [];
      const context: Context = {
        world,
        idempotency: parts.idempotency,
        warnings,
        onlyFirst,
        unpaged,
        bulk: parts.bulk,
      };
      const result = world.as(author, () =>
        execute({
          schema,
          document: prepared.document,
          variableValues: prepared.rawVariables,
          contextValue: context,
          ...(prepared.operation.name === undefined ? {} : { operationName: prepared.operation.name.value }),
        }),
      );
      // Every resolver is synchronous: a call is applied in one piece, whoever else is waiting.
      if ('then' in result) throw new Error('Cannot apply a call in one piece: a resolver is asynchronous');
      return { result, warnings };
    },
  };
}

function parseAndValidate(schema: GraphQLSchema, query: string): DocumentNode | Refusal {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length > 0 ? { errors } : document;
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

function idempotencyKey(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): string | undefined {
  const field = operation.selectionSet.selections[0];
  if (field?.kind !== Kind.FIELD) return undefined;
  const value = field.directives
    ?.find(({ name }) => name.value === 'idempotent')
    ?.arguments?.find(({ name }) => name.value === 'key')?.value;
  if (value?.kind === Kind.STRING) return value.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const key = variables[value.name.value];
  return typeof key === 'string' ? key : undefined;
}

/** `mutation inventorySetQuantities`: the kind and the first root field, however the document is named. */
export function callName(query: string): { readonly name: string; readonly kind: 'read' | 'write' } {
  try {
    const document = parse(query);
    const operation = getOperationAST(document);
    const first = operation?.selectionSet.selections[0];
    const kind = operation?.operation === OperationTypeNode.MUTATION ? 'mutation' : 'query';
    return {
      name: `${kind} ${first?.kind === Kind.FIELD ? first.name.value : '?'}`,
      kind: kind === 'mutation' ? 'write' : 'read',
    };
  } catch {
    return { name: 'query ?', kind: 'read' };
  }
}
