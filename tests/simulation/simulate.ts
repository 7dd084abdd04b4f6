import { rmSync } from 'node:fs';

import { must } from '#libs/runtime/must.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { RunResult } from '../../services/reconciler/finding.ts';
import type { Reconciler } from '../../services/reconciler/open-reconciler.ts';
import { createCast, type Cast } from './cast.ts';
import { closeAttempts, judgeAttempts } from './judge-attempts.ts';
import { judgeLease } from './judge-lease.ts';
import { judgeOutcomes, judgeReports, readTold, type Told } from './judge-reports.ts';
import { drainAlarms, judgeGaps, scheduleOutages } from './outages.ts';
import type { Profile, SimRule } from './profile.ts';
import { runApplier } from './run-applier.ts';
import { runReconciler } from './run-reconciler.ts';
import type { SimProcess } from './sim-process.ts';
import { atOnce, drain, LATE_AFTER_MS, SESSION_MS, setStage, START, type Stage } from './stage.ts';
import { scheduleTrading } from './trading.ts';
import { judge } from './world.ts';

export type History = {
  /** What was wrong in the end, in words. */
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
  /** Places (`<role> <port>.<call> before|after`) that processes passed, and those in which one was killed. */
  readonly passed: ReadonlySet<string>;
  readonly deaths: ReadonlySet<string>;
  /** How many findings of each cause the reports hold. */
  readonly causes: Readonly<Record<string, number>>;
};

type Reconcilers = Map<SimProcess, Reconciler>;

/** Runs one history: the real services on a virtual clock. One seed is one history. */
export async function simulate(
  seed: number,
  profile: Profile,
  without: ReadonlySet<SimRule> = new Set(),
  look: (told: Told, ledger: Stage['ledger']) => void = () => {},
): Promise<History> {
  const stage = await setStage(seed, profile, without);
  const { clock, ingest, world, trace, folder } = stage;
  const reconcilers: Reconcilers = new Map();
  const cast: Cast = createCast({
    ...stage,
    sessionMs: SESSION_MS,
    run: async (role, process, slot) => {
      if (role === 'applier') await runApplier(stage, process, cast);
      else reconcilers.set(process, await runReconciler(stage, process, slot));
    },
  });
  try {
    for (let count = 0; count < (profile.appliers ?? 1); count++) cast.start('applier');
    for (let count = 0; count < reconcilersOf(profile); count++) cast.start('reconciler');
    const lastAt = scheduleTrading({ ...stage, approvedAt: START, publish: (news) => void ingest.publish([news]) });
    scheduleFaults(stage, cast, lastAt);
    const endsAt = scheduleOutages(stage, cast, lastAt);
    await clock.runUntil(Math.max(lastAt, endsAt));
    cast.calm();
    await drain(stage);
    stage.becomeCalm();
    cast.leaveOne('reconciler');
    if (stage.ledger.gaps.length > 0) await drainAlarms(stage);
    const calmAt = clock.now();
    const attempts = profile.targetWell === true ? await closeAttempts(stage) : [];
    const left = profile.reconciler === null ? [] : await compareAtEnd(stage, reconcilers);
    const told = await atOnce(clock, readTold(ingest, folder));
    look(told, stage.ledger);
    const wrong = [...judge(world), ...attempts, ...left, ...judgeReports(told, stage.ledger)];
    wrong.push(...(await atOnce(clock, judgeOutcomes(ingest, told))));
    if (profile.targetWell === true && isUntouched(profile)) wrong.push(...judgeAttempts(told, stage.refusals));
    wrong.push(...judgeLease(profile, stage.questions));
    wrong.push(...judgeGaps(told, stage.ledger, calmAt));
    const { behind, delayed } = await atOnce(clock, ingest.lag('acme'));
    if (behind + delayed > 0) wrong.push(`${String(behind)} news behind and ${String(delayed)} delayed at the end`);
    return { wrong, trace, passed: cast.passed, deaths: cast.deaths, causes: countCauses(told) };
  } finally {
    cast.end();
    await clock.runUntil(clock.now());
    for (const { journal } of reconcilers.values()) journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

// A batch is repeated where its owner dies, stands still, or loses its epoch.
function isUntouched({ kills, freezes, killAfterSend, freezeBeforeSend, expiries }: Profile): boolean {
  return kills + freezes + (killAfterSend ?? 0) + (freezeBeforeSend ?? 0) + (expiries ?? 0) === 0;
}

function reconcilersOf({ reconciler }: Profile): number {
  return reconciler === null ? 0 : (reconciler.count ?? 1);
}

function scheduleFaults({ profile, clock, random, state, say }: Stage, cast: Cast, lastAt: number): void {
  const anyTimes = (count: number, strike: () => void) => {
    for (let index = 0; index < count; index++) clock.after(random() * (lastAt - clock.now()), strike);
  };
  anyTimes(profile.kills, () => cast.trap('applier', 'kill'));
  anyTimes(profile.freezes, () => cast.trap('applier', 'freeze'));
  anyTimes(profile.expiries ?? 0, () => cast.trap('applier', 'expire'));
  anyTimes(profile.reconciler?.kills ?? 0, () => cast.trap('reconciler', 'kill'));
  anyTimes(profile.reconciler?.freezes ?? 0, () => cast.trap('reconciler', 'freeze'));
  anyTimes(profile.flushes, () => {
    say('the state store is flushed');
    void state.flush();
  });
  anyTimes(profile.fallBacks ?? 0, () => {
    state.checkpoint();
    clock.after(random() * 5_000, () => {
      say('the state store falls back');
      state.fallBack();
    });
  });
}

/**
 * Nothing trades and nothing is in flight any more: what still differs must be what no webhook told of, or what people did; a
 * comparison tells all of it, and the next one finds nothing.
 */
async function compareAtEnd(stage: Stage, reconcilers: Reconcilers): Promise<readonly string[]> {
  const { clock, ledger, say, ingest, folder } = stage;
  await clock.runUntil(clock.now() + LATE_AFTER_MS);
  await drain(stage);
  const standing = ledger.stood.filter(({ until }) => until === Infinity);
  const wrong = standing.flatMap(({ key, root }) =>
    isExplained(stage, root) ? [] : [`${key} differs, nobody knows why`],
  );
  const since = clock.now();
  await compareNow(stage, reconcilers);
  await drain(stage);
  const { runs } = await atOnce(clock, readTold(ingest, folder));
  const told = new Set(
    runs.flatMap(({ run, findings }) =>
      run.endedAt < since ? [] : findings.map((one) => `${one.entity}/${one.field ?? ''}`),
    ),
  );
  for (const { key } of standing)
    if (!told.has(key)) wrong.push(`${key} differed at the end, and no comparison tells it`);
  const { drift, complete } = await compareNow(stage, reconcilers);
  await drain(stage);
  say(`at the end ${String(standing.length)} differed`);
  if (drift > 0 || !complete) wrong.push(`the second comparison still finds ${String(drift)} differences`);
  return wrong;
}

// Nobody told of it: a webhook of it never came, or a person did it.
function isExplained({ ledger: { changes, accepted, lost, edits } }: Stage, root: string): boolean {
  const heard = [...accepted, ...lost];
  const untold = changes.some(
    (change) => change.root === root && !heard.some((one) => one.root === root && one.changeAt === change.at),
  );
  return untold || edits.some((one) => one.root === root);
}

async function compareNow(stage: Stage, reconcilers: Reconcilers): Promise<RunResult> {
  const { clock, say } = stage;
  const running = [...reconcilers].findLast(([process]) => process.isRunning());
  const [, reconciler] = must(running, 'a reconciler that runs');
  for (let rounds = 0; rounds < 300;) {
    let ended: { readonly result: RunResult | null } | null = null;
    reconciler.compare({ repair: true }).then(
      (result) => (ended = { result }),
      (error: unknown) => {
        // The copies of facts may just be in the hands of one who died rebuilding them: asked again, as a person would.
        if (!isSyncError(error)) throw error;
        say(`asked again: ${error.message}`);
        ended = { result: null };
      },
    );
    const outcome = () => ended;
    for (; outcome() === null && rounds < 300; rounds++) await clock.runUntil(clock.now() + 1_000);
    const result = outcome()?.result;
    if (result !== null && result !== undefined) return result;
  }
  throw new Error('Broken history: the comparison never ends');
}

function countCauses({ runs }: Told): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { run } of runs)
    for (const [cause, count] of Object.entries(run.byCause)) counts[cause] = (counts[cause] ?? 0) + count;
  return counts;
}
