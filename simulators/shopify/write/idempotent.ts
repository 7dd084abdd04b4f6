import { getDirectiveValues, type GraphQLResolveInfo } from 'graphql';

import type { Context } from '../context.ts';
import { topLevelError, userError } from '../graphql-errors.ts';
import type { UserErrorRecord } from '../records.ts';

/** Runs a mutation under its @idempotent directive, without which the platform refuses it. */
export function idempotent<P extends { readonly userErrors: readonly UserErrorRecord[] }>(
  context: Context,
  info: GraphQLResolveInfo,
  args: unknown,
  work: () => P,
): P | { readonly userErrors: readonly UserErrorRecord[] } {
  const directive = info.schema.getDirective('idempotent');
  const node = info.fieldNodes[0];
  const key: unknown =
    directive === null || directive === undefined || node === undefined
      ? undefined
      : getDirectiveValues(directive, node, info.variableValues)?.['key'];
  if (typeof key !== 'string') {
    throw topLevelError('The @idempotent directive is required for this mutation but was not provided.', 'BAD_REQUEST');
  }
  return context.idempotency.run<P | { readonly userErrors: readonly UserErrorRecord[] }>(
    key,
    JSON.stringify([info.fieldName, args]),
    () => {
      const result = work();
      return { result, failed: result.userErrors.length > 0 };
    },
    (code, message) => ({ userErrors: [userError(null, message, code)] }),
  );
}
