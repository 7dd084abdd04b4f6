import type { EntityKind } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { RunResult } from '../services/reconciler/finding.ts';
import type { Runtime } from './handler.ts';

const POLL_MS = 200;
const PROBE_LEASE_MS = 1_000;

/** Whether a process of the cluster holds the pair's reconciler. */
export async function isReconciled(pair: string, { state, random }: Runtime): Promise<boolean> {
  const name = `reconciler:${pair}`;
  const probe = randomId(random);
  if (!(await state.lease(name, probe, PROBE_LEASE_MS))) return true;
  await state.release(name, probe);
  return false;
}

/** Has the reconciler of a cluster compare, wherever it runs, and waits for what it tells. */
export async function askReconciler(
  asked: {
    readonly pair: string;
    readonly by: string;
    readonly entities: readonly EntityKind[] | null;
    readonly repair: boolean;
    readonly dryRun: boolean;
  },
  runtime: Runtime,
  signal: AbortSignal,
): Promise<RunResult> {
  const { facts, clock, random } = runtime;
  const { pair, by, repair, dryRun } = asked;
  if (!(await isReconciled(pair, runtime)))
    throw new SyncError(
      'USAGE',
      `Cannot compare "${pair}": no reconciler of it runs; lockstep start reconciler begins one`,
    );
  const id = randomId(random);
  const entities = asked.entities === null ? null : [...asked.entities];
  await facts.put([{ pair, kind: 'asked', id, value: { at: clock.now(), by, entities, repair, dryRun, done: false } }]);
  for (;;) {
    await clock.sleep(POLL_MS, signal);
    const answer = await facts.get(pair, 'asked', id);
    if (answer === null || !answer.done) continue;
    await facts.put([{ pair, kind: 'asked', id, value: null }]);
    if (answer.failed !== undefined) throw new SyncError('STORE_FAILED', answer.failed);
    // Both ends are of one version.
    return answer.result as RunResult;
  }
}
