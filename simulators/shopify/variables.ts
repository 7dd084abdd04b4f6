import {
  coerceInputValue,
  GraphQLError,
  isInputType,
  typeFromAST,
  valueFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

type Problem = { readonly path: readonly (string | number)[]; readonly explanation: string };

/** Coerces variables, and refuses them in Shopify's words (INVALID_VARIABLE, with a list of problems). */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): { readonly variables: Record<string, unknown> } | { readonly errors: readonly GraphQLError[] } {
  const variables: Record<string, unknown> = {};
  const errors: GraphQLError[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;
    if (given[name] === undefined && definition.defaultValue !== undefined) {
      variables[name] = valueFromAST(definition.defaultValue, type);
      continue;
    }
    if (given[name] === undefined && !String(type).endsWith('!')) continue;
    const problems: Problem[] = [];
    const value: unknown = coerceInputValue(given[name] ?? null, type, (path, _, error) =>
      problems.push(toProblem(path, error)),
    );
    if (problems.length > 0) errors.push(toError(name, type, given[name], problems));
    else variables[name] = value;
  }
  return errors.length > 0 ? { errors } : { variables };
}

function toError(name: string, type: GraphQLInputType, value: unknown, problems: readonly Problem[]): GraphQLError {
  const said = problems
    .map(({ path, explanation }) => (path.length === 0 ? explanation : `${path.join('.')} (${explanation})`))
    .join(', ');
  const message =
    problems.every(({ path }) => path.length === 0) && value === undefined
      ? `Variable $${name} of type ${String(type)} was provided invalid value`
      : `Variable $${name} of type ${String(type)} was provided invalid value for ${said}`;
  return new GraphQLError(message, { extensions: { code: 'INVALID_VARIABLE', value: value ?? null, problems } });
}

function toProblem(path: readonly (string | number)[], error: GraphQLError): Problem {
  const unknownField = /^Field "(.+)" is not defined by type "(.+?)"/.exec(error.message);
  if (unknownField !== null)
    return { path: [...path, unknownField[1] ?? ''], explanation: `Field is not defined on ${unknownField[2] ?? ''}` };
  const missing = /^Field "(.+)" of required type/.exec(error.message);
  if (missing !== null) return { path: [...path, missing[1] ?? ''], explanation: 'Expected value to not be null' };
  if (error.message.startsWith('Expected non-nullable type'))
    return { path, explanation: 'Expected value to not be null' };
  return { path, explanation: error.message };
}
