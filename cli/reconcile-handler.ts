import { z } from 'zod';

import type { EntityKind } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { RunResult } from '../services/reconciler/finding.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { askReconciler } from './ask-reconciler.ts';
import { pairOf } from './context.ts';
import { defineHandler } from './handler.ts';
import { withParts } from './with-parts.ts';

export type Reconciled = { readonly run: RunResult; readonly phase: 'observe' | 'follow' | 'closed' };

export const ENTITIES: readonly EntityKind[] = ['product', 'variant', 'order', 'customer'];

/** A full comparison now; it repairs only what was approved. */
export const reconcile = defineHandler(
  z.object({
    pair: z.string(),
    entity: z.string().nullable(),
    repair: z.boolean(),
    dryRun: z.boolean(),
    by: z.string(),
  }),
  async ({ pair, entity, repair, dryRun, by }, runtime, { signal, tell }): Promise<Reconciled> => {
    const entities = ENTITIES.filter((one) => entity === null || one === entity);
    if (entities.length === 0)
      throw new SyncError('USAGE', `Cannot compare "${entity}": there are ${ENTITIES.join(', ')}`);
    const { facts, clock } = runtime;
    const phase = (await facts.get(pair, 'phase', 'phase'))?.phase ?? 'observe';
    const repairs = repair && phase === 'follow';
    if (repairs && !dryRun) await facts.put([actOf(clock, pair, by, `asked for a comparison with repair`)]);
    if (runtime.config.cluster !== null) {
      pairOf(runtime, pair);
      const asked = { pair, by, entities: entity === null ? null : entities, repair: repairs, dryRun };
      return { run: await askReconciler(asked, runtime, signal), phase };
    }
    const run = await withParts(pairOf(runtime, pair), runtime, signal, ({ reconciler }) =>
      reconciler.compare({
        ...(entity === null ? {} : { entities }),
        repair: repairs,
        dryRun,
        signal,
        onProgress: tell,
      }),
    );
    return { run, phase };
  },
);
