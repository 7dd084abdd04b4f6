import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { ApplierRule, Health } from '../../services/applier/applier-deps.ts';
import { openApplier } from '../../services/applier/open-applier.ts';
import type { Cast } from './cast.ts';
import { deafToEpochs } from './deaf-to-epochs.ts';
import { withLateLanding } from './flaky-target.ts';
import { clockOf, within } from './ports.ts';
import { withRefusals } from './refusals.ts';
import type { SimProcess } from './sim-process.ts';
import { FINGERPRINT, LANDING_MS, PATIENCE_MS, type Stage } from './stage.ts';

// Answers that never come are the network's fault here, so they use no attempts.
const NETWORK: Health = { failed: async () => 'ill', isWell: () => true, whenWell: async () => {} };
const WELL: Health = { ...NETWORK, failed: async () => 'well' };

/** The real applier as one process of the history. */
export async function runApplier(
  stage: Stage,
  process: SimProcess,
  cast: Pick<Cast, 'kill' | 'freeze' | 'expire'>,
): Promise<void> {
  const { clock, world, broker, say, without, settings, random, profile } = stage;
  const own = clockOf(clock, process);
  const connected = withExpiry(within(process, 'log', broker.connect(process.name)), () => {
    if (random() < (profile.expireBeforeBegin ?? 0)) cast.expire(process);
  });
  const log = without.has('epoch') ? deafToEpochs(connected) : connected;
  const state = within(process, 'state', stage.state);
  const source = createMemoryConnector(world.source, { now: clock.now });
  const reading = profile.readBeforeNews === true ? fromSnapshots(source, stage) : source;
  await openApplier({
    settings,
    source: within(process, 'source', reading),
    target: within(process, 'target', flakyTarget(stage, process, cast)),
    sourceHealth: NETWORK,
    targetHealth: profile.targetWell === true ? WELL : NETWORK,
    log,
    facts: createFactStore({ log, state, clock: own, holder: process.name }),
    clock: own,
    random,
    fingerprint: FINGERPRINT,
    say: (_level, facts, message) => say(`${process.name} ${message} ${JSON.stringify(facts)}`),
    without: without as ReadonlySet<ApplierRule>,
  });
}

/** The broker may give the news to another one after it was read and before `begin` is asked for. */
function withExpiry(log: EventLog, beforeBegin: () => void): EventLog {
  return {
    ...log,
    begin: (...asked) => {
      beforeBegin();
      return log.begin(...asked);
    },
  };
}

function flakyTarget(
  stage: Stage,
  process: SimProcess,
  cast: Pick<Cast, 'kill' | 'freeze' | 'expire'>,
): StoreConnector {
  const { clock, world, random, profile, refusals } = stage;
  const own = clockOf(clock, process);
  const landing = withLateLanding(
    createMemoryConnector(world.target, { now: clock.now, landingMs: LANDING_MS }),
    {
      ...profile.target,
      patienceMs: PATIENCE_MS,
      landingMs: LANDING_MS,
      calm: stage.isCalm,
      beforeSend: () => {
        if (random() < (profile.freezeBeforeSend ?? 0)) cast.freeze(process);
        if (random() < (profile.expireBeforeSend ?? 0)) cast.expire(process);
      },
      afterSend: () => {
        if (random() < (profile.killAfterSend ?? 0)) clock.after(random() * 200, () => cast.kill(process));
      },
    },
    { world: clock, senderClock: own, random },
  );
  if (refusals.length === 0) return landing;
  const now = clock.now;
  return withRefusals(
    landing,
    (root) => refusals.some((one) => one.root === root && one.from <= now() && now() < one.until),
    () => own.sleep(random() * PATIENCE_MS * 0.6),
  );
}

// The source as it was when this process last looked at everything: up to two seconds before the news was fetched.
function fromSnapshots(source: StoreConnector, { world, clock }: Stage): StoreConnector {
  let taken = { at: -Infinity, roots: new Map(world.source.roots) };
  return {
    ...source,
    readRoots: async (root, refs) => {
      if (clock.now() - taken.at > 2_000)
        taken = { at: clock.now(), roots: taken.at === -Infinity ? new Map(world.source.roots) : taken.roots };
      const answers = refs.map(({ id }) => taken.roots.get(`${root}:${id}`) ?? null);
      taken = { at: clock.now(), roots: new Map(world.source.roots) };
      return answers;
    },
  };
}
