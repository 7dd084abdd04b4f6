import { z } from 'zod';

import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import { BRAKE_WINDOW_MS, DELETED } from '#libs/facts/brakes.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { RESUMED } from '../services/reconciler/alarms.ts';
import { isReconciled } from './ask-reconciler.ts';
import { pairOf } from './context.ts';
import type { Runtime } from './handler.ts';
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

export type Resumed = Held & {
  /** A full comparison follows that writes what was held back. */
  readonly compares: boolean;
  /** Whether a process runs that does so. */
  readonly running: boolean;
};

/**
 * Ends the holds of a pair, or that of one field. Where the pair writes again, a full comparison is asked for: one that ran
 * during the hold wrote nothing of what was held, and news of a held field has ended without it.
 */
export const resume = defineHandler(
  z.object({ pair: z.string(), field: z.string().optional(), by: z.string() }),
  async ({ pair, field, by }, runtime): Promise<Resumed> => {
    const { facts, clock, pairs, config } = runtime;
    pairOf({ pairs }, pair);
    const all: string[] = [];
    for await (const { id } of facts.list(pair, 'hold')) all.push(id);
    const holds = all.filter((id) => field === undefined || id === field);
    const phase = await facts.get(pair, 'phase', 'phase');
    // While the pair itself is held nothing is written; the end of that hold compares.
    const stillHeld = all.includes(WHOLE) && !holds.includes(WHOLE);
    const compares = holds.length > 0 && phase?.phase === 'follow' && !stillHeld;
    if (holds.length > 0)
      await facts.put([
        ...holds.map((id) => ({ pair, kind: 'hold' as const, id, value: null })),
        actOf(clock, pair, by, `resumed ${field ?? 'the pair'}`),
        ...(compares ? [lookAtAll(pair, clock.now())] : []),
        ...(holds.includes(WHOLE) ? await acceptBrake(pair, runtime) : []),
      ]);
    const running = config.cluster === null ? runtime.running !== null : await isReconciled(pair, runtime);
    return { pair, holds, compares, running };
  },
);

// What a brake held is meant, says whoever resumes the pair: for as long as it counts, it holds nothing more.
async function acceptBrake(pair: string, { facts, clock }: Runtime): Promise<readonly AnyFactWrite[]> {
  const brake = await facts.get(pair, 'brake', DELETED);
  if (brake === null || brake.heldAt === null) return [];
  const now = clock.now();
  const value = { since: now, count: 0, heldAt: null, openUntil: now + BRAKE_WINDOW_MS };
  return [{ pair, kind: 'brake', id: DELETED, value }];
}

function lookAtAll(pair: string, at: number): AnyFactWrite {
  const message = 'resumed: what was held back is still being carried over';
  return { pair, kind: 'alarm', id: RESUMED, value: { at, message } };
}
