import type { GraphQLResolveInfo } from 'graphql';

import type { Idempotency } from './idempotency.ts';
import type { World } from './world.ts';

export type SearchWarning = {
  readonly path: readonly string[];
  readonly query: string;
  readonly parsed: unknown;
  readonly warnings: readonly { readonly field: string; readonly message: string; readonly code: string }[];
};

/** What one execution hands to its resolvers. */
export type Context = {
  readonly world: World;
  readonly idempotency: Idempotency;
  readonly warnings: SearchWarning[];
  /** How many rows of a batch are applied before the call breaks off; absent: all. */
  readonly onlyFirst: number | undefined;
  /** In a bulk operation connections are not paged. */
  readonly unpaged: boolean;
  /** Hands over what the HTTP side has to do for a bulk operation. */
  readonly bulk: BulkPort;
};

export type BulkPort = {
  readonly run: (query: string) => { readonly lines: readonly string[]; readonly roots: number };
  readonly publish: (id: string, body: string) => string;
  readonly validate: (query: string) => readonly string[];
  readonly stage: (filename: string) => { readonly url: string; readonly path: string };
  readonly staged: (path: string) => string | undefined;
  readonly runMutation: (mutation: string, variables: Record<string, unknown>) => unknown;
};

export type Resolver = (source: never, args: never, context: Context, info: GraphQLResolveInfo) => unknown;
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, Resolver>>>>;
export type Maybe<T> = T | null | undefined;

export function present<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
