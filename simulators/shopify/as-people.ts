import type { Context, Resolver } from './context.ts';
import type { UserErrorRecord } from './records.ts';
import type { World } from './world.ts';

/** Runs work in the name of people, once what has fallen due is done. */
export type AsPeople = <T>(work: () => T) => T;

/** What staff does by a click runs through the insides of the call that does the same. */
export function callAs(world: World, resolve: Resolver | undefined, args: unknown): Readonly<Record<string, unknown>> {
  if (resolve === undefined) throw new Error('Cannot do that: the store has no such call');
  const context = { world, warnings: [], onlyFirst: undefined, unpaged: false } as unknown as Context;
  const payload = resolve(undefined as never, args as never, context, undefined as never) as Readonly<
    Record<string, unknown>
  >;
  const errors = Object.entries(payload).flatMap(([field, value]) =>
    /userErrors$/i.test(field) ? (value as readonly UserErrorRecord[]) : [],
  );
  const [error] = errors;
  if (error !== undefined) throw new Error(`Cannot do that: ${error.message}`);
  return payload;
}
