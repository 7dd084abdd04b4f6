import { z } from 'zod';

import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { pairOf } from './context.ts';
import { defineHandler } from './handler.ts';

export type Held = { readonly pair: string; readonly holds: readonly string[] };

const WHOLE = '*';

/** Holds a pair, or one field of it. */
export const pause = defineHandler(
  z.object({ pair: z.string(), field: z.string().optional(), reason: z.string().optional(), by: z.string() }),
  async ({ pair, field, reason, by }, { facts, clock, pairs }): Promise<Held> => {
    pairOf({ pairs }, pair);
    const id = field ?? WHOLE;
    if (id !== WHOLE && !FIELD_NAMES.some((name) => name === id))
      throw new SyncError('USAGE', `Cannot hold "${id}": it is not a field, such as variant.quantity`);
    const what = `paused ${field ?? 'the pair'}${reason === undefined ? '' : `: ${reason}`}`;
    const value = { at: clock.now(), by, reason: reason ?? 'paused by hand' };
    await facts.put([{ pair, kind: 'hold', id, value }, actOf(clock, pair, by, what)]);
    return { pair, holds: [id] };
  },
);

/** Ends the holds of a pair, or that of one field. */
export const resume = defineHandler(
  z.object({ pair: z.string(), field: z.string().optional(), by: z.string() }),
  async ({ pair, field, by }, { facts, clock, pairs }): Promise<Held> => {
    pairOf({ pairs }, pair);
    const holds: string[] = [];
    for await (const { id } of facts.list(pair, 'hold')) if (field === undefined || id === field) holds.push(id);
    if (holds.length > 0)
      await facts.put([
        ...holds.map((id) => ({ pair, kind: 'hold' as const, id, value: null })),
        actOf(clock, pair, by, `resumed ${field ?? 'the pair'}`),
        ...(holds.some((id) => id !== WHOLE) ? [lookAtAll(pair, clock.now())] : []),
      ]);
    return { pair, holds };
  },
);

// News of a held field has ended without it: only a full comparison finds what it said.
function lookAtAll(pair: string, at: number): AnyFactWrite {
  return { pair, kind: 'alarm', id: 'resumed', value: { at, message: 'a field that was held goes on', done: false } };
}
