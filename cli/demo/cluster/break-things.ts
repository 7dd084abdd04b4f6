import type { Clock } from '#libs/runtime/clock.ts';
import { createGate, type Fault } from '../../../simulators/core/faults.ts';
import type { DemoShops } from '../demo-shops.ts';
import type { DemoServices } from './services.ts';
import type { ServiceProcess } from './service-process.ts';

/** An applier, and by what each shop knows it. */
export type Applier = { readonly process: ServiceProcess; readonly token: string; readonly readsAs: string };

export type Scene = {
  readonly appliers: readonly [Applier, Applier];
  readonly shops: DemoShops;
  readonly services: DemoServices;
  readonly prefix: string;
  readonly sessionMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Tells what was broken, in one line. */
  readonly onBroken: (what: string) => void;
  /** It was thawed, and has not heard yet that others have its work; the answer is called when it has. */
  readonly onThawed: (applier: Applier) => () => void;
};

/** Creations: what is made twice when it is repeated too early. */
const CREATION =
  /orderCreate|customerCreate|customerSet|productSet|productCreate|^POST \/wp-json\/wc\/v3\/(?:orders|customers|products)$/;
const WRITE = /mutation (?!bulkOperation)|^(?:POST|PUT) \/wp-json/;

/** How long a call may take to come by that can be held open. */
const PATIENCE_MS = 120_000;
/** How long an answer has to reach a process before that is killed, and a call to land after its sender is gone. */
const MOMENT_MS = 300;
const BROKER_AWAY_MS = 2_000;

/** Breaks one thing after the other; each is over before the next begins. */
export async function breakThings(scene: Scene): Promise<void> {
  const [first, second] = scene.appliers;
  await killBeforeLanding(scene, first);
  await killBeforeAnswer(scene, second);
  await killBeforeCommit(scene, first);
  await freeze(scene, second);
  await flushRedis(scene);
  await restartBroker(scene);
}

async function killBeforeLanding(scene: Scene, { process, token }: Applier): Promise<void> {
  const held = await hold(scene, 'hold-before', { match: CREATION, token });
  await process.kill();
  await scene.clock.sleep(MOMENT_MS);
  held.release();
  scene.onBroken(`${process.name} killed while a creation was on its way: it landed when its sender was gone`);
  await process.running();
}

async function killBeforeAnswer(scene: Scene, { process, token }: Applier): Promise<void> {
  const held = await hold(scene, 'hold-after', { match: CREATION, token });
  await process.kill();
  held.release();
  scene.onBroken(`${process.name} killed when a creation had landed and before its answer came`);
  await process.running();
}

/** Nothing can be committed while the broker stands still: so the process is killed between the two. */
async function killBeforeCommit(scene: Scene, { process, token }: Applier): Promise<void> {
  const { clock, services } = scene;
  const held = await hold(scene, 'hold-after', { match: CREATION, token });
  services.ownKafka?.freeze();
  try {
    held.release();
    // A broker that was given cannot be stopped: there the kill comes as close after the answer as it can.
    await clock.sleep(services.ownKafka === null ? 0 : MOMENT_MS);
    await process.kill();
  } finally {
    services.ownKafka?.thaw();
  }
  scene.onBroken(`${process.name} killed when a creation was answered and before that was committed`);
  await process.running();
}

async function freeze(scene: Scene, applier: Applier): Promise<void> {
  const { clock, signal, sessionMs } = scene;
  const { process, token } = applier;
  const held = await hold(scene, 'hold-before', { match: WRITE, token });
  process.freeze();
  held.release();
  await clock.sleep(2 * sessionMs, signal);
  process.thaw();
  const onHeard = scene.onThawed(applier);
  scene.onBroken(
    `${process.name} frozen in a call for ${String((2 * sessionMs) / 1_000)} s, and thawed when others had its work`,
  );
  await clock.sleep(sessionMs, signal);
  onHeard();
}

async function flushRedis({ services, prefix, onBroken, clock, signal, sessionMs }: Scene): Promise<void> {
  await services.flushRedis(prefix);
  onBroken('Redis emptied');
  await clock.sleep(sessionMs, signal);
}

async function restartBroker({ services: { ownKafka }, clock, signal, onBroken, sessionMs }: Scene): Promise<void> {
  if (ownKafka === null) return;
  await ownKafka.kill();
  await clock.sleep(BROKER_AWAY_MS, signal);
  await ownKafka.start();
  onBroken('the broker killed, and started again');
  await clock.sleep(sessionMs, signal);
}

/** Holds the next such call of one process open at the new shop. */
async function hold(
  { shops, clock, signal }: Scene,
  type: 'hold-before' | 'hold-after',
  which: Required<Pick<Fault, 'match' | 'token'>>,
): Promise<{ readonly release: () => void }> {
  const gate = createGate();
  shops.target.faults.plant({ ...which, kind: 'write', times: 1, effect: { type, gate } });
  const waiting = new AbortController();
  try {
    await Promise.race([
      gate.reached,
      clock.sleep(PATIENCE_MS, AbortSignal.any([waiting.signal, signal])).then(() => {
        throw new Error(`No call came by that could be held open (${String(which.match)})`);
      }),
    ]);
  } finally {
    waiting.abort();
    if (signal.aborted) gate.release();
  }
  return { release: gate.release };
}
