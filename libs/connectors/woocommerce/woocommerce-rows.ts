import { z } from 'zod';

import type { RootKind } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CustomerWire, OrderWire, ProductWire } from './woocommerce-wire.ts';
import { oddRowSchema } from './woocommerce-wire.ts';

/** A root's own answer, before its variations, refunds and notes are read. */
export type RootWire =
  | { readonly root: 'product'; readonly wire: ProductWire }
  | { readonly root: 'order'; readonly wire: OrderWire }
  | { readonly root: 'customer'; readonly wire: CustomerWire }
  | OddRow;

/** A row that is one of the shop's, since it has an id, and that cannot be understood: it must not hide the others of its page. */
export type OddRow = {
  readonly root: 'odd';
  readonly of: RootKind;
  readonly wire: z.output<typeof oddRowSchema>;
  /** Where in it the first thing lies that is not understood: a path, never a value. */
  readonly at: string;
};

/** What a row says, or that it is odd. Null where it is no row of this shop: it has not even an id. */
export function readRow<T>(schema: z.ZodType<T>, root: RootKind, value: unknown): { readonly wire: T } | OddRow | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { wire: parsed.data };
  const odd = oddRowSchema.safeParse(value);
  return odd.success ? { root: 'odd', of: root, wire: odd.data, at: pathOf(parsed.error) } : null;
}

/** Whether this is the shop speaking of something that exists, whatever else is wrong with it: an entity or a list of them. */
export function isOwnShape(value: unknown): boolean {
  return Array.isArray(value)
    ? value.every((row) => oddRowSchema.safeParse(row).success)
    : oddRowSchema.safeParse(value).success;
}

/** A refusal of this one entity: it is parked, and its neighbours go on. */
export function notUnderstood(what: string, at: string): SyncError {
  return new SyncError('STORE_REFUSED', `Cannot ${what}: what the shop says of it is not understood (at ${at})`);
}

/** Where the first mistake lies (`line_items.0.quantity`); values are left out, they may be people's. */
export function pathOf(error: z.ZodError): string {
  return deepest(error.issues[0], []).map(String).join('.') || 'its top';
}

// Of the branches of a union, the one that came furthest tells most.
function deepest(issue: z.core.$ZodIssue | undefined, before: readonly PropertyKey[]): readonly PropertyKey[] {
  if (issue === undefined) return before;
  const path = [...before, ...issue.path];
  if (issue.code !== 'invalid_union') return path;
  return issue.errors
    .map((branch) => deepest(branch[0], path))
    .reduce((longest, one) => (one.length > longest.length ? one : longest), path);
}
