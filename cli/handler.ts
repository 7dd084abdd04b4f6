import type { z } from 'zod';

import type { Context } from './context.ts';
import type { RunningParts } from './runtime-parts.ts';

/** What a handler works with: an opened context, and what runs in this process (null: a verb opened it for itself). */
export type Runtime = Context & { readonly running: RunningParts | null };

export type HandlerCall = {
  /** Progress, for who asked. */
  readonly tell: (progress: unknown) => void;
  /** Aborted when who asked has gone. */
  readonly signal: AbortSignal;
};

/** Does one thing that a verb asks for, in the running process or, where none runs, in the verb's own. */
export type Handler = (args: unknown, runtime: Runtime, call: HandlerCall) => Promise<unknown>;

/** A handler whose arguments are checked first: they may come over the socket. Its result must survive JSON. */
export function defineHandler<A, R>(
  schema: z.ZodType<A>,
  run: (args: A, runtime: Runtime, call: HandlerCall) => Promise<R>,
): Handler & { readonly result?: R } {
  return (args, runtime, call) => run(schema.parse(args), runtime, call);
}
