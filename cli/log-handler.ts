import { z } from 'zod';

import { pairOf } from './context.ts';
import { defineHandler } from './handler.ts';

export type LoggedAct = { readonly at: number; readonly by: string; readonly what: string };

/** Who did what with a pair, oldest first. */
export const log = defineHandler(z.object({ pair: z.string() }), async ({ pair }, { facts, pairs }) => {
  pairOf({ pairs }, pair);
  const acts: LoggedAct[] = [];
  for await (const { value } of facts.list(pair, 'act')) acts.push(value);
  return acts.toSorted((a, b) => a.at - b.at);
});
