import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { createCast, type Cast } from './cast.ts';
import { compareTwice } from './compare-at-end.ts';
import type { Profile, SimRule } from './profile.ts';
import { runApplier } from './run-applier.ts';
import { atOnce, drain, FINGERPRINT, SESSION_MS, setStage, type Stage } from './stage.ts';
import { scheduleTrading } from './trading.ts';
import { judge } from './world.ts';

export type History = {
  /** What was wrong in the end, in words. */
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
  /** Places (`<role> <port>.<call> before|after`) that processes passed, and those in which one was killed. */
  readonly passed: ReadonlySet<string>;
  readonly deaths: ReadonlySet<string>;
};

/** Runs one history: the real services on a virtual clock. One seed is one history. */
export async function simulate(
  seed: number,
  profile: Profile,
  without: ReadonlySet<SimRule> = new Set(),
): Promise<History> {
  const stage = await setStage(seed, profile, without);
  const { clock, random, broker, say, ingest, world, trace } = stage;
  const cast: Cast = createCast({
    broker,
    clock,
    random,
    sessionMs: SESSION_MS,
    say,
    run: (_role, process) => runApplier(stage, process, cast),
  });
  cast.start('applier');
  const lastAt = scheduleTrading({ ...stage, publish: (news) => void ingest.publish([news]) });
  scheduleFaults(stage, cast, lastAt);
  await clock.runUntil(lastAt);
  cast.calm();
  await drain(stage);
  stage.becomeCalm();
  const left = profile.missed === undefined ? [] : await compareAtEnd(stage);
  const wrong = [...judge(world), ...left];
  const { behind, delayed } = await atOnce(clock, ingest.lag('acme'));
  if (behind + delayed > 0) wrong.push(`${String(behind)} news behind and ${String(delayed)} delayed at the end`);
  cast.end();
  return { wrong, trace, passed: cast.passed, deaths: cast.deaths };
}

function scheduleFaults({ profile, clock, random, state, say }: Stage, cast: Cast, lastAt: number): void {
  const anyTimes = (count: number, strike: () => void) => {
    for (let index = 0; index < count; index++) clock.after(random() * (lastAt - clock.now()), strike);
  };
  anyTimes(profile.kills, () => cast.trap('applier', 'kill'));
  anyTimes(profile.freezes, () => cast.trap('applier', 'freeze'));
  anyTimes(profile.flushes, () => void state.flush());
  anyTimes(profile.fallBacks ?? 0, () => {
    state.checkpoint();
    clock.after(random() * 5_000, () => {
      say('the state store falls back');
      state.fallBack();
    });
  });
}

async function compareAtEnd(stage: Stage): Promise<readonly string[]> {
  const { world, clock, ingest, state, random, settings, say } = stage;
  const { found, again } = await compareTwice(
    {
      settings,
      source: createMemoryConnector(world.source, { now: clock.now }),
      target: createMemoryConnector(world.target, { now: clock.now }),
      log: ingest,
      facts: createFactStore({ log: ingest, state, clock }),
      clock,
      random,
      fingerprint: FINGERPRINT,
      say: () => {},
    },
    clock,
    () => drain(stage),
  );
  say(`compared: ${String(found)} found, ${String(again)} left`);
  return again > 0 ? [`the second comparison still finds ${String(again)} differences`] : [];
}
