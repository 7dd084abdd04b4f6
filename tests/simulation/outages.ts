import { listOpenAlarms } from '#libs/facts/alarms.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { Cast } from './cast.ts';
import type { Told } from './judge-reports.ts';
import type { Ledger } from './ledger.ts';
import { atOnce, drain, LANDING_MS, SESSION_MS, type Stage } from './stage.ts';

/** Longer than whatever the dead sent may take to land: no log forgets within minutes. */
const OUTAGE_MS = LANDING_MS + SESSION_MS;
/** How long the alarm of a gap may take to be answered, rung and answered by processes that die meanwhile. */
const ANSWER_MS = 120_000;

/**
 * All appliers are down for a while, and the log forgets: news that nobody read grew too old for it, the group's commits expired, or
 * both. Returns when the last of them is over.
 */
export function scheduleOutages(stage: Stage, cast: Cast, lastAt: number): number {
  const { profile, clock, random } = stage;
  let at = clock.now();
  for (let index = 0; index < (profile.outages ?? 0); index++) {
    const from = at + random() * Math.max(2_000, lastAt - at);
    at = from + OUTAGE_MS + random() * 6_000;
    const keptMs = random() * 6_000;
    const end = at;
    clock.after(from - clock.now(), () => {
      stage.say('all appliers are down');
      cast.stopAll('applier');
    });
    clock.after(end - clock.now(), () => {
      void forget(stage, end - keptMs)
        .then(() => cast.resume('applier'))
        .then(() => cast.trap('applier', 'kill'));
    });
  }
  return at + 2_000;
}

async function forget(stage: Stage, olderThan: number): Promise<void> {
  const { ingest, broker, ledger, random, say } = stage;
  const roll = random();
  const [end] = await ingest.ends('acme');
  if (end === undefined) return;
  const unread = await ingest.readNews('acme', end.partition, end.committed ?? end.start, Infinity);
  const gone = roll < 0.7 ? unread.filter(({ appendedAt }) => appendedAt < olderThan) : [];
  if (roll < 0.7) broker.trimNews('acme', olderThan);
  if (roll > 0.4) broker.forgetCommits('acme');
  for (const { news } of gone) if (news?.via === 'webhook') ledger.lose(`${news.root}:${news.rootId}`, news.receivedAt);
  const forgotten = roll > 0.4 && end.committed !== null;
  say(`${String(gone.length)} unread news are gone${forgotten ? ', and the commits' : ''}`);
  if (gone.length > 0 || forgotten) ledger.gap();
}

/** Waits until nothing alarms any more, and what a comparison asked for was done. */
export async function drainAlarms(stage: Stage): Promise<void> {
  const { clock, ingest, state } = stage;
  const facts = createFactStore({ log: ingest, state, clock, holder: 'judge' });
  const until = clock.now() + ANSWER_MS;
  while (clock.now() < until && (await atOnce(clock, listOpenAlarms(facts, 'acme'))).length > 0)
    await clock.runUntil(clock.now() + 1_000);
  await drain(stage);
}

/** Each gap was followed by a full comparison of its own, whatever else was lost with it. `before`: when the history's own comparisons began. */
export function judgeGaps({ runs }: Told, { gaps }: Ledger, before: number): readonly string[] {
  const began = runs.flatMap(({ run }) => (run.startedAt < before && run.complete ? [run.startedAt] : []));
  return gaps.flatMap((at) =>
    began.some((startedAt) => startedAt >= at) ? [] : ['the log lost something, and nothing was compared after it'],
  );
}
