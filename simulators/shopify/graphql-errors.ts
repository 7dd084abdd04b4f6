import { GraphQLError } from 'graphql';

import type { UserErrorRecord } from './records.ts';

/** A top-level error with the code that Shopify puts into its extensions. */
export function topLevelError(message: string, code: string, more: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...more } });
}

export function userError(field: readonly (string | number)[] | null, message: string, code?: string): UserErrorRecord {
  return { field: field === null ? null : field.map(String), message, ...(code === undefined ? {} : { code }) };
}

/** Arrays of input may hold 250 elements at most. */
export function checkInputSize(rows: readonly unknown[], path: string, max = 250): void {
  if (rows.length > max) {
    throw topLevelError(
      `The input array size of ${rows.length} is greater than the maximum allowed of ${max}.`,
      'MAX_INPUT_SIZE_EXCEEDED',
      {
        path: path.split('.'),
      },
    );
  }
}
