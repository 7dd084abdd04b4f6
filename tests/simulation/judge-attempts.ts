import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { FactKind } from '#libs/facts/fact-kinds.ts';
import type { News } from '#libs/event-log/news.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import type { Told } from './judge-reports.ts';
import type { Refusal } from './refusals.ts';
import { atOnce, drain, LANDING_MS, PATIENCE_MS, TIERS_MS, type Stage } from './stage.ts';

/** From the first failed attempt of a root to the last: the whole ladder. */
const LADDER_MS = TIERS_MS.reduce((sum, ms) => sum + ms, 0);
/** What the attempts of a ladder themselves may take, in milliseconds: each waits for the batch before it. */
const ATTEMPTS_MS = 2 * (TIERS_MS.length + 1) * PATIENCE_MS;

/**
 * What is parked stands until news of it comes again; all else is in step. Then the target refuses nothing any more, news comes of
 * what is parked, and heals it. What is wrong, in words.
 */
export async function closeAttempts(stage: Stage): Promise<readonly string[]> {
  const { clock, ingest, refusals, ledger, say } = stage;
  await clock.runUntil(Math.max(clock.now(), ...refusals.map(({ until }) => until)) + LANDING_MS);
  const parked = await idsOf(stage, 'parked');
  const wrong = ledger.stood
    .filter(({ until, root }) => until === Infinity && !parked.includes(root))
    .map(({ key }) => `${key} differs, and is not parked`);
  say(`news of ${String(parked.length)} parked comes again`);
  await atOnce(clock, ingest.publish(parked.map((id) => newsOf(id, clock.now()))));
  await drain(stage);
  for (const kind of ['parked', 'retrying'] as const)
    for (const id of await idsOf(stage, kind)) wrong.push(`${id} is still ${kind} at the end`);
  return wrong;
}

async function idsOf({ clock, ingest, state }: Stage, kind: FactKind): Promise<readonly string[]> {
  const facts = createFactStore({ log: ingest, state, clock, holder: 'judge' });
  return (await atOnce(clock, Array.fromAsync(facts.list('acme', kind)))).map(({ id }) => id);
}

function newsOf(id: string, now: number): News {
  const [root, rootId] = [id.slice(0, id.indexOf(':')) as RootKind, id.slice(id.indexOf(':') + 1)];
  const base = { v: 1, pair: 'acme', kind: 'news', topic: 'simulated', via: 'webhook', tries: 0 } as const;
  return { ...base, root, rootId, receivedAt: now };
}

/** All news of one root in one batch: one attempt, and how it ended. */
type Attempt = {
  readonly at: number;
  readonly hasRetry: boolean;
  readonly ended: 'success' | 'delayed' | 'parked' | 'other';
};

/**
 * Whether the attempts of each root followed one another as the rule says, by the journal. For histories in which no applier dies,
 * stands still or loses an epoch: a batch is repeated then.
 */
export function judgeAttempts({ batches }: Told, refusals: readonly Refusal[]): readonly string[] {
  const byRoot = new Map<string, Attempt[]>();
  for (const { at, outcomes } of batches)
    for (const [root, members] of Map.groupBy(outcomes, (outcome) => outcome.root))
      byRoot.set(root, [...(byRoot.get(root) ?? []), toAttempt(at, members)]);
  return [...byRoot].flatMap(([root, attempts]) => [
    ...judgeLadder(root, attempts),
    ...refusals.filter((one) => one.root === root).flatMap((one) => judgeRefusal(one, attempts)),
  ]);
}

function toAttempt(at: number, members: readonly NewsOutcome[]): Attempt {
  const { outcome, reason } = must(
    members.findLast((one) => one.outcome !== 'coalesced'),
    'news that the others went into',
  );
  const hasRetry = members.some(({ via }) => via === 'retry');
  if (outcome === 'applied' || outcome === 'unchanged') return { at, hasRetry, ended: 'success' };
  const failed = reason === 'failed' && (outcome === 'delayed' || outcome === 'parked');
  return { at, hasRetry, ended: failed ? outcome : 'other' };
}

function judgeLadder(root: string, attempts: readonly Attempt[]): readonly string[] {
  let [failures, outstanding, parked] = [0, false, false];
  const wrong: string[] = [];
  for (const { hasRetry, ended } of attempts) {
    if (hasRetry && !outstanding) wrong.push(`a retry of ${root} came beside another`);
    if (hasRetry) outstanding = false;
    if (ended === 'success') [failures, parked] = [0, false];
    if (ended === 'success' || ended === 'other') continue;
    // Fresh news tries once; only a retry, or the first failure, climbs.
    if (!outstanding && (hasRetry || !parked)) {
      failures += 1;
      parked = failures > TIERS_MS.length;
      outstanding = !parked;
    }
    const expected = parked ? 'parked' : 'delayed';
    if (ended !== expected) wrong.push(`${root} was ${ended} after ${String(failures)} failures on the ladder`);
  }
  return wrong.slice(0, 1);
}

/** Refused for longer than the whole ladder: parked by then, whatever news keeps coming. */
function judgeRefusal({ root, from, until }: Refusal, attempts: readonly Attempt[]): readonly string[] {
  const first = attempts.find(({ at, ended }) => at >= from && (ended === 'delayed' || ended === 'parked'));
  const limit = (first?.at ?? Infinity) + LADDER_MS + ATTEMPTS_MS;
  if (first === undefined || limit > until) return [];
  const during = attempts.filter(({ at }) => at >= first.at && at <= limit);
  if (during.some(({ ended }) => ended === 'success' || ended === 'parked')) return [];
  return [`${root} was refused for ${String(Math.round(until - first.at))} ms and is not parked`];
}
