import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { ROOT_KINDS } from '#libs/model/stored.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { Approved } from '../services/reconciler/approve-plan.ts';
import { approvePlan } from '../services/reconciler/approve-plan.ts';
import type { StorePlan } from '../services/reconciler/build-plan.ts';
import { buildPlan, plansDir, readPlanLines } from '../services/reconciler/build-plan.ts';
import type { PlanKind, PlanLine } from '../services/reconciler/plan-lines.ts';
import { PLAN_KINDS } from '../services/reconciler/plan-lines.ts';
import type { ReconcilerDeps } from '../services/reconciler/reconciler-deps.ts';
import { openRunFile } from '../services/reconciler/run-file.ts';
import { isReconciled } from './ask-reconciler.ts';
import type { OpenPair } from './context.ts';
import { pairOf } from './context.ts';
import { defineHandler } from './handler.ts';
import { reconcilerDeps } from './plug-parts.ts';

export type ShownLine = PlanLine & { readonly kind: PlanKind };
export type ShownPlan = {
  readonly pair: string;
  readonly plan: StorePlan;
  readonly lines: readonly ShownLine[];
  /** How long the creations take at the least, as the new shop's rate budget allows, milliseconds. */
  readonly creationMs: number;
};
export type ApprovedPlan = Approved & { readonly pair: string; readonly planId: string; readonly running: boolean };

/** Lines that are read before a person is asked: what is kept as it is comes by number only. */
const SHOWN: readonly PlanKind[] = ['planned', 'create', 'retire', 'withheld', 'ambiguous', 'unlinked'];

/** Scans both shops and says what approval would write. Writes to neither, and to no fact. */
export const makePlan = defineHandler(
  z.object({ pair: z.string(), limit: z.number() }),
  async ({ pair, limit }, runtime, { signal, tell }): Promise<ShownPlan> => {
    const opened = pairOf(runtime, pair);
    const plan = await buildPlan(reconcilerDeps(opened, runtime), { signal, onProgress: tell });
    return { pair, plan, lines: linesOf(plan, limit), creationMs: creationMs(plan, opened) };
  },
);

/** Approves a plan that was made before: the one named, or the latest. */
export const approve = defineHandler(
  z.object({ pair: z.string(), planId: z.string().nullable(), by: z.string() }),
  async ({ pair, planId, by }, runtime, { signal }): Promise<ApprovedPlan> => {
    const deps = reconcilerDeps(pairOf(runtime, pair), runtime);
    const plan = storedPlans(deps).find(({ id }) => planId === null || id === planId);
    if (plan === undefined)
      throw new SyncError('PLAN_OUTDATED', `Cannot approve "${planId ?? pair}": there is no such plan`);
    const approved = await approvePlan(deps, plan, { by, thenCompare: true });
    await prepareTarget(deps, signal);
    const running = runtime.config.cluster === null ? runtime.running !== null : await isReconciled(pair, runtime);
    return { ...approved, pair, planId: plan.id, running };
  },
);

// The first change need not wait for it then. What fails here the applier does before it writes.
async function prepareTarget({ target, settings, say }: ReconcilerDeps, signal: AbortSignal): Promise<void> {
  try {
    await target.prepare(settings.selection, { signal, priority: 'change', maySend: () => !signal.aborted });
  } catch (error) {
    if (!isSyncError(error)) throw error;
    say('warn', { code: error.code, hint: error.hint }, error.message);
  }
}

/** The latest plan of a pair that was made with this config; null where there is none. */
export const latestPlan = defineHandler(
  z.object({ pair: z.string(), limit: z.number() }),
  ({ pair, limit }, runtime): Promise<ShownPlan | null> => {
    const opened = pairOf(runtime, pair);
    const deps = reconcilerDeps(opened, runtime);
    const plan = storedPlans(deps).find(({ configHash }) => configHash === deps.settings.configHash);
    return Promise.resolve(
      plan === undefined ? null : { pair, plan, lines: linesOf(plan, limit), creationMs: creationMs(plan, opened) },
    );
  },
);

function creationMs({ createByRoot }: StorePlan, { target }: OpenPair): number {
  const { creationCost = {} } = target.connector.capabilities;
  const cost = ROOT_KINDS.reduce((sum, root) => sum + (createByRoot[root] ?? 0) * (creationCost[root] ?? 1), 0);
  return (cost / target.budget.perSecond) * 1_000;
}

function linesOf({ file }: StorePlan, limit: number): readonly ShownLine[] {
  const lines: ShownLine[] = [];
  for (const line of readPlanLines(file, SHOWN)) {
    if (lines.length === limit) break;
    lines.push(line);
  }
  return lines;
}

// Latest first. A file without the note is of a plan that was cut short.
export function storedPlans({ reportsDir, settings }: ReconcilerDeps): readonly StorePlan[] {
  return planFiles(plansDir(reportsDir, settings.name))
    .flatMap((path) => {
      const file = openRunFile(path);
      try {
        const note = file.getNote('plan');
        return note === null ? [] : [JSON.parse(note) as StorePlan];
      } finally {
        file.close();
      }
    })
    .toSorted((a, b) => b.at - a.at);
}

function planFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sqlite'))
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether the plan writes or makes anything, or needs a person. */
export function isEmpty({ counts, stamps }: StorePlan): boolean {
  return stamps === 0 && PLAN_KINDS.every((kind) => counts[kind] === 0);
}
