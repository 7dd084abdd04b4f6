import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import type { Epoch } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { batchRecords } from './batch-records.ts';
import { EpochLost } from './applier-deps.ts';
import { coalesceByRoot, type Group, type Work } from './coalesce.ts';
import { brakeRetirements } from './brake-retirements.ts';
import { decideCreation } from './creation-doubt.ts';
import { findDouble } from './doubles.ts';
import { recordEnding, type Ending, type EndingInput, type Records } from './endings.ts';
import { endWithoutWriting, isUnfinished, planGroup, withheldEnding, type Planned } from './plan-batch.ts';
import { mayWrite, readPairState, type PairState } from './pair-state.ts';
import { readBatch, type ReadGroup } from './read-batch.ts';
import { settledFact } from './settled-fact.ts';
import { otherOutcomes } from './other-news.ts';
import { linksWithin, noteRetirements, retiredFacts } from './retirements.ts';
import { writeBatch } from './write-batch.ts';
import type { Written } from './write-group.ts';

export type Batch = {
  readonly epoch: Epoch;
  readonly works: readonly Work[];
  /**
   * By the wall clock, until when calls of an earlier owner, or of a batch of this epoch that was cut short, may have been sent: the
   * look after a take-over is counted from here.
   */
  readonly sentUntil: number;
  /** The highest offset that an earlier owner may have had in work; null: none. */
  readonly begun: number | null;
  readonly landingMs: number;
  /** Called in the tick before anything goes to the target: a batch that fails from here on may have had an effect. */
  readonly onSend: () => void;
};

/** How often a group is read and planned again in one batch (a stale compare-and-swap, a reference that was just made). */
const ROUNDS_MAX = 4;

/**
 * decode → coalesce → read source → links → read target → plan → begin → write → record → settle.
 *
 * @throws {StoreIll} a store is not well: the same batch is tried again when it is.
 * @throws {EpochLost} another process owns the partition: the batch is dropped.
 */
export async function applyBatch(deps: ApplierDeps, batch: Batch): Promise<void> {
  const { epoch, works } = batch;
  const sorted = coalesceByRoot(works, deps.clock.now());
  const endings = await settleGroups(deps, batch, sorted.groups);
  const others = await otherOutcomes(deps, sorted, epoch);
  const records = merge([...endings, others]);
  await writeDown(deps, batch, records);
}

async function settleGroups(deps: ApplierDeps, batch: Batch, groups: readonly Group[]): Promise<readonly Records[]> {
  const records: Records[] = [];
  let open = groups;
  for (let round = 1; open.length > 0; round++) {
    const again: Group[] = [];
    const state = await readPairState(deps);
    const allowed = { mayWrite: mayWrite(state), heldMs: deps.settings.timing.retriesMs[1] };
    const reads = await readBatch(deps, open, batch.epoch.signal);
    const planned: Planned[] = [];
    for (const read of reads) {
      const one = { read, plan: planGroup(deps, state, read) };
      const ending =
        (allowed.mayWrite ? await findDouble(deps, read, batch.epoch) : null) ??
        endWithoutWriting(one, state, allowed) ??
        (await beforeWriting(deps, batch, one, round));
      if (ending === null) planned.push(one);
      else if (ending === 'again') again.push(read.group);
      else records.push(await recordOne(deps, batch, state, { one, ending, written: null }));
    }
    if (planned.length > 0) await writePlanned(deps, batch, state, { planned, round, records, again });
    open = again;
    if (open.length > 0) await writeLinks(deps, batch, records);
  }
  return records;
}

// What was just made is linked before the next round: an order finds the customer and the products it waited for.
async function writeLinks({ facts }: ApplierDeps, { epoch }: Batch, records: readonly Records[]): Promise<void> {
  const links = merge(records).facts.filter(({ kind }) => kind === 'link');
  if (links.length > 0 && (await facts.put(links, { epoch })) === 'lost')
    throw new EpochLost('The partition has another owner');
}

// Creations wait while an earlier one may still land; waits for references publish news of what is missing.
async function beforeWriting(
  deps: ApplierDeps,
  batch: Batch,
  one: Planned,
  round: number,
): Promise<Ending | 'again' | null> {
  const { decision } = one.plan;
  const { parked, group } = one.read;
  // A look at a root that was given up on only tells whether its last call landed after all; it is not tried for ever.
  if (parked?.reason === 'failed' && group.members.every(({ news }) => news.via === 'look'))
    return { kind: 'parked', reason: 'failed', message: parked.message, fields: parked.fields };
  if (decision.kind === 'create') {
    const decided = await decideCreation(deps, batch, one.read);
    return decided === 'again' && round >= ROUNDS_MAX
      ? { kind: 'later', afterMs: 1_000, reason: 'facts-incomplete' }
      : decided;
  }
  if (decision.kind !== 'wait') return null;
  const inBatch = rootsOf(batch);
  if (round < ROUNDS_MAX && decision.needs.every(({ root, rootId }) => inBatch.has(`${root}:${rootId}`)))
    return 'again';
  const now = deps.clock.now();
  // While the creation of what is missing is in doubt, waiting for it is nobody's failure.
  const doubts = await deps.facts.getMany(
    deps.settings.name,
    'creating',
    decision.needs.map(({ root, rootId }) => `${root}:${rootId}`),
  );
  const until = Math.max(...doubts.map((doubt) => doubt?.until ?? 0));
  if (until > now) return { kind: 'later', afterMs: until - now + 1, reason: 'parent-in-doubt' };
  await deps.log.publish(
    decision.needs.map(({ root, rootId }): News => ({
      v: 1,
      pair: batch.epoch.pair,
      root,
      rootId,
      kind: 'news',
      topic: 'dependency',
      receivedAt: now,
      via: 'dependency',
      tries: 0,
    })),
  );
  const missing = decision.needs.map(({ root, rootId }) => `${root} ${rootId}`).join(', ');
  return { kind: 'retry', reason: 'parent-missing', message: `it refers to what is not at the target yet: ${missing}` };
}

type Round = {
  readonly planned: readonly Planned[];
  readonly round: number;
  readonly records: Records[];
  readonly again: Group[];
};

async function writePlanned(
  deps: ApplierDeps,
  batch: Batch,
  state: PairState,
  { planned, round, records, again }: Round,
): Promise<void> {
  // What an earlier owner had in work beyond this batch still is: who takes over from here must hear of it as well.
  const begunOffset = Math.max(lastOffset(batch), batch.begun ?? 0);
  const { epoch, onSend } = batch;
  if (await brakeRetirements(deps, batch, planned)) {
    again.push(...planned.map(({ read }) => read.group));
    return;
  }
  await noteRetirements(deps, batch, planned);
  const results = await writeBatch(deps, { epoch, begunOffset, planned, state, onSend });
  const within = await linksWithin(deps, planned);
  let waitMs = 0;
  for (const [index, one] of planned.entries()) {
    const written = results[index] ?? { kind: 'not-sent' };
    if (written.kind === 'throttled') waitMs = Math.max(waitMs, written.retryAfterMs);
    // Made in part, or there already: what is found of it now may have to be finished.
    if (written.kind === 'again' && one.plan.decision.kind === 'create')
      await doubt(deps, batch, one.read, deps.clock.now());
    const repeat = written.kind === 'again' || written.kind === 'not-sent' || written.kind === 'throttled';
    if (repeat && (round < ROUNDS_MAX || written.kind !== 'again')) again.push(one.read.group);
    else
      records.push(
        await recordOne(deps, batch, state, {
          one,
          ending: endingOf(one, written, batch.landingMs),
          written,
          links: within.get(one.read.group.key) ?? [],
        }),
      );
  }
  if (batch.epoch.signal.aborted) throw new EpochLost('The partition has another owner');
  if (waitMs > 0) await deps.clock.sleep(waitMs, batch.epoch.signal);
}

const rootsByBatch = new WeakMap<Batch, ReadonlySet<string>>();

// Each of a thousand orders may ask.
function rootsOf(batch: Batch): ReadonlySet<string> {
  const known = rootsByBatch.get(batch);
  if (known !== undefined) return known;
  const roots = new Set(
    batch.works.flatMap(({ logged: { news } }) => (news === null ? [] : [`${news.root}:${news.rootId}`])),
  );
  rootsByBatch.set(batch, roots);
  return roots;
}

function endingOf(one: Planned, written: Written, landingMs: number): Ending {
  switch (written.kind) {
    case 'stored':
      return withheldEnding(one.plan) ?? { kind: 'applied', created: written.created };
    case 'retired':
      return { kind: 'applied', created: false, retired: RETIRED[written.how] };
    case 'again':
      return { kind: 'later', afterMs: 1_000, reason: 'the target changed under us' };
    case 'unknown':
      return written.attempt
        ? { kind: 'retry', reason: 'failed', message: written.message }
        : { kind: 'later', afterMs: landingMs, reason: 'lost-answer' };
    case 'failed':
      return { kind: 'retry', reason: 'failed', message: written.message };
    case 'not-stored':
      return { kind: 'retry', reason: 'not-stored', message: written.message };
    case 'refused':
      return { kind: 'parked', reason: 'refused', message: written.message, fields: [] };
    case 'throttled':
    case 'not-sent':
      throw new Error(`Broken invariant: a write that was ${written.kind} is repeated, not ended`);
  }
}

const RETIRED = { archive: 'archived', delete: 'deleted', restore: 'restored' } as const;

type Ended = {
  readonly one: Planned;
  readonly ending: Ending;
  readonly written: Written | null;
  /** Links that a deletion at the target ends. */
  readonly links?: readonly string[];
};

async function recordOne(
  deps: ApplierDeps,
  batch: Batch,
  state: PairState,
  { one, ending, written, links = [] }: Ended,
): Promise<Records> {
  const { read } = one;
  const { clock, settings, without } = deps;
  const now = clock.now();
  const writes = state.phase === 'follow' && !read.group.onlyLooks;
  const stored = written?.kind === 'stored' ? written : null;
  const agrees =
    (ending.kind === 'applied' && ending.retired === undefined) ||
    (ending.kind === 'unchanged' && ending.reason === 'unchanged');
  const creation = one.plan.decision.kind === 'create';
  if (
    creation &&
    (written?.kind === 'unknown' || written?.kind === 'failed') &&
    without?.has('wait-before-creation') !== true
  )
    await doubt(deps, batch, read, now);
  // Its link is written below, and would make it look finished: what is still to be done of its creation is remembered.
  const open = ending.kind === 'later' || ending.kind === 'retry' || ending.kind === 'parked';
  if (writes && open && stored === null && isFoundUnfinished(read)) await doubt(deps, batch, read, now);
  const input: EndingInput = {
    settings,
    read,
    plan: one.plan,
    ending:
      without?.has('look-after-lost-answer') === true && ending.kind === 'later' && ending.reason === 'lost-answer'
        ? { kind: 'applied', created: false }
        : ending,
    now,
    links: writes ? (stored?.links ?? one.plan.newLinks) : [],
    settled: writes && agrees ? settledFact(deps, one, stored?.stored ?? {}) : null,
    ...(written === null ? {} : { retired: retiredFacts(settings.name, one, written, { now, links }) }),
    lookAfterMs: lookAfter(deps, batch, { one, ending, written }, now),
    writes,
    looksForDoubles: deps.target.capabilities.doublesPossible.has(read.group.root),
    ...(without === undefined ? {} : { without }),
  };
  return recordEnding(input);
}

function isFoundUnfinished(read: ReadGroup): boolean {
  return read.creating === null && isUnfinished(read) && read.match?.kind === 'one' && read.match.by === 'source-id';
}

// What an earlier owner may have had in work is looked at again once its calls must have landed; so is a failed call that was sent.
function lookAfter(
  { without }: ApplierDeps,
  { sentUntil, landingMs }: Batch,
  { one, written }: Ended,
  now: number,
): number | null {
  const { inherited } = one.read.group;
  const takeOver =
    inherited && without?.has('look-after-take-over') !== true ? Math.max(0, sentUntil + landingMs - now) + 1 : -1;
  const sent = written?.kind === 'unknown' || written?.kind === 'failed' ? landingMs + 1 : -1;
  // What is back is shown again first; what else has changed meanwhile is written by a look of its own.
  const restored = written?.kind === 'retired' && written.how === 'restore' ? 1 : -1;
  const lookMs = Math.max(restored, takeOver, without?.has('look-after-lost-answer') === true ? -1 : sent);
  return lookMs < 0 ? null : lookMs;
}

async function doubt(
  { facts, settings }: ApplierDeps,
  { epoch, landingMs }: Batch,
  { group }: ReadGroup,
  now: number,
): Promise<void> {
  const value = { since: now, until: now + landingMs, key: group.key };
  if ((await facts.put([{ pair: settings.name, kind: 'creating', id: group.key, value }], { epoch })) === 'lost')
    throw new EpochLost('The partition has another owner');
}

function merge(all: readonly Records[]): Records {
  return {
    delayed: all.flatMap(({ delayed }) => delayed),
    facts: all.flatMap(({ facts }) => facts),
    outcomes: all.flatMap(({ outcomes }) => outcomes),
  };
}

/** Settled means: what is delayed lies on a tier, what was decided is a fact, the outcome is on the journal; then the offset. */
async function writeDown(deps: ApplierDeps, batch: Batch, records: Records): Promise<void> {
  const { epoch, works, begun } = batch;
  const { log, facts, clock, without } = deps;
  if (epoch.signal.aborted) throw new EpochLost('The partition has another owner');
  for (const [afterMs, news] of byDelay(records.delayed)) await log.publish(news, { afterMs });
  if (records.facts.length > 0 && (await facts.put(lastOfEach(records.facts), { epoch })) === 'lost')
    throw new EpochLost('The partition has another owner');
  const told = batchRecords(records.outcomes, clock.now());
  const offsets = works.map(({ logged }) => logged.offset);
  if (without?.has('outcome-before-settled') === true) await log.settle(epoch, offsets, null);
  await log.appendJournal(told.map((record) => ({ pair: epoch.pair, partition: epoch.partition, record })));
  const stillBegun = begun !== null && begun > lastOffset(batch) ? begun : null;
  if ((await log.settle(epoch, offsets, stillBegun)) === 'lost') throw new EpochLost('The partition has another owner');
}

function lastOffset({ works }: Batch): number {
  return Math.max(...works.map(({ logged }) => logged.offset));
}

function byDelay(delayed: Records['delayed']): ReadonlyMap<number, readonly News[]> {
  const grouped = new Map<number, News[]>();
  for (const { news, afterMs } of delayed) grouped.set(afterMs, [...(grouped.get(afterMs) ?? []), news]);
  return grouped;
}

function lastOfEach(writes: readonly AnyFactWrite[]): readonly AnyFactWrite[] {
  return [...new Map(writes.map((write) => [`${write.kind}/${write.id}`, write])).values()];
}
