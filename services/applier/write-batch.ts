import type { RootDraft, RootPatch, WriteContext } from '#libs/connectors/store-connector.ts';
import type { Epoch } from '#libs/event-log/event-log.ts';
import { must } from '#libs/runtime/must.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost, StoreIll } from './applier-deps.ts';
import { whoseFault } from './ask-store.ts';
import { afterCall, beforeCall } from './journal-calls.ts';
import type { Planned } from './plan-batch.ts';
import { isSameState, readPairState, type PairState } from './pair-state.ts';
import { retirementOf } from './retirements.ts';
import { openSendGate } from './send-gate.ts';
import { judgeCreation, judgePatch, judgeRetirement, type Written } from './write-group.ts';

export type WriteInput = {
  readonly epoch: Epoch;
  /** The highest offset of the batch. */
  readonly begunOffset: number;
  readonly planned: readonly Planned[];
  /** What a person had decided when this was planned. */
  readonly state: PairState;
  /** Called in the tick before anything is sent. */
  readonly onSend: () => void;
};

/**
 * Begins, then writes: creations in the order customers, products, orders; then patches, packed by the connector.
 * One result per planned group, in order.
 *
 * @throws {EpochLost} somebody else owns the partition now.
 */
export async function writeBatch(
  deps: ApplierDeps,
  { epoch, begunOffset, planned, state, onSend }: WriteInput,
): Promise<readonly Written[]> {
  const call = randomId(deps.random);
  const before = planned.map((one) => ({
    pair: epoch.pair,
    partition: epoch.partition,
    record: beforeCall(deps, one, call),
  }));
  const gate = openSendGate(deps, epoch);
  const begin = async () => (deps.without?.has('begin') === true ? 'held' : deps.log.begin(epoch, begunOffset));
  const [held] = await Promise.all([begin(), deps.log.appendJournal(before)]);
  if (held === 'lost') throw new EpochLost('The partition has another owner');

  // Somebody held or closed the pair since it was planned: nothing is sent, and it is planned again.
  const stands = isSameState(await readPairState(deps), state);
  const context: WriteContext = { signal: epoch.signal, priority: 'change', maySend: gate.maySend };
  const results = new Map<Planned, Written>();
  if (stands) onSend();
  for (const root of stands ? (['customer', 'product', 'order'] as const) : []) {
    const drafts = planned.filter(({ plan }) => plan.decision.kind === 'create' && plan.decision.draft.root === root);
    if (drafts.length > 0) await createAll(deps, drafts, context, results);
  }
  const patches = planned.filter(({ plan }) => plan.decision.kind === 'patch');
  if (stands && patches.length > 0) await patchAll(deps, patches, context, results);
  const retirements = planned.filter(({ plan }) => plan.decision.kind === 'retire');
  if (stands && retirements.length > 0) await retireAll(deps, retirements, context, results);

  const written = planned.map((one): Written => results.get(one) ?? { kind: 'not-sent' });
  await deps.log.appendJournal(
    planned.map((one, index) => ({
      pair: epoch.pair,
      partition: epoch.partition,
      record: afterCall(deps, one, call, written[index] ?? { kind: 'not-sent' }),
    })),
  );
  return written;
}

async function createAll(
  deps: ApplierDeps,
  planned: readonly Planned[],
  context: WriteContext,
  results: Map<Planned, Written>,
): Promise<void> {
  const drafts = planned.flatMap(({ plan }): RootDraft[] =>
    plan.decision.kind === 'create' ? [plan.decision.draft] : [],
  );
  try {
    const answers = await deps.target.create(drafts, context);
    for (const [index, one] of planned.entries()) {
      const answer = answers[index];
      if (answer !== undefined) results.set(one, judgeCreation(one, answer));
    }
  } catch (error) {
    await wholeCallFailed(deps, planned, error, results);
  }
  await blameStoreOrCall(deps, planned, results);
}

async function retireAll(
  deps: ApplierDeps,
  planned: readonly Planned[],
  context: WriteContext,
  results: Map<Planned, Written>,
): Promise<void> {
  const items = planned.flatMap((one) => retirementOf(one) ?? []);
  try {
    const answers = await must(deps.target.retire, 'a target that retires what a policy says')(items, context);
    for (const [index, one] of planned.entries()) {
      const [item, answer] = [items[index], answers[index]];
      if (item !== undefined && answer !== undefined) results.set(one, judgeRetirement(item, answer));
    }
  } catch (error) {
    await wholeCallFailed(deps, planned, error, results);
  }
  await blameStoreOrCall(deps, planned, results);
}

/** Writes patches packed; a root that failed before goes alone, so that one that brings calls down parks nobody else. */
async function patchAll(
  deps: ApplierDeps,
  planned: readonly Planned[],
  context: WriteContext,
  results: Map<Planned, Written>,
): Promise<void> {
  const fresh = planned.filter(({ read }) => read.group.tries === 0);
  if (fresh.length > 0) await patchTogether(deps, fresh, context, results);
  for (const one of planned.filter(({ read }) => read.group.tries > 0))
    await patchTogether(deps, [one], context, results);
}

/** Those that fail together while the store is well are halved until the bad one stands alone. */
async function patchTogether(
  deps: ApplierDeps,
  planned: readonly Planned[],
  context: WriteContext,
  results: Map<Planned, Written>,
): Promise<void> {
  const patches = planned.flatMap(({ plan }): RootPatch[] =>
    plan.decision.kind === 'patch' ? [plan.decision.patch] : [],
  );
  try {
    const answers = await deps.target.write(patches, context);
    for (const [index, one] of planned.entries()) {
      const answer = answers[index];
      if (answer !== undefined) results.set(one, judgePatch(one, answer));
    }
  } catch (error) {
    await wholeCallFailed(deps, planned, error, results);
  }
  await blameStoreOrCall(deps, planned, results);
  const failed = planned.filter((one) => results.get(one)?.kind === 'failed');
  if (failed.length < 2) return;
  const middle = Math.ceil(failed.length / 2);
  await patchTogether(deps, failed.slice(0, middle), context, results);
  await patchTogether(deps, failed.slice(middle), context, results);
}

/**
 * One probe decides for all that failed or were not answered: an ill store uses no attempts, and what may have taken effect is
 * looked at again after `landing`; with a well store each is a failed attempt.
 */
async function blameStoreOrCall(
  { targetHealth }: ApplierDeps,
  planned: readonly Planned[],
  results: Map<Planned, Written>,
): Promise<void> {
  const troubled = planned.flatMap((one) => {
    const written = results.get(one);
    return written?.kind === 'failed' || written?.kind === 'unknown' ? [{ one, written }] : [];
  });
  const [first] = troubled;
  if (first === undefined) return;
  const ill = (await targetHealth.failed(new SyncError('STORE_FAILED', first.written.message))) === 'ill';
  for (const { one, written } of troubled) {
    if (ill) results.set(one, { kind: 'unknown', message: written.message, attempt: false });
    else if (written.kind === 'unknown') results.set(one, { ...written, attempt: written.foreign !== true });
  }
}

// Nothing is known of single items then. What was never sent is not in doubt.
async function wholeCallFailed(
  deps: ApplierDeps,
  planned: readonly Planned[],
  error: unknown,
  results: Map<Planned, Written>,
): Promise<void> {
  // Something else answered in the store's place: the pair is held, and whether the call went through is looked at after `landing`.
  if (error instanceof SyncError && error.code === 'STORE_ANSWER_FOREIGN') {
    for (const one of planned)
      if (!results.has(one))
        results.set(one, { kind: 'unknown', message: error.message, attempt: false, foreign: true });
    return;
  }
  const sent = !(
    error instanceof SyncError &&
    (error.code === 'STORE_UNREACHABLE' || error.code === 'STORE_RATE_LIMITED')
  );
  try {
    const message = await whoseFault(error, 'target', deps.targetHealth);
    for (const one of planned)
      if (!results.has(one))
        results.set(one, sent ? { kind: 'unknown', message, attempt: true } : { kind: 'failed', message });
  } catch (cause) {
    if (!(cause instanceof StoreIll) || !sent) throw cause;
    // The store is ill, and the call may have taken effect: the look after `landing` waits for the store as well.
    for (const one of planned)
      if (!results.has(one)) results.set(one, { kind: 'unknown', message: cause.message, attempt: false });
  }
}
