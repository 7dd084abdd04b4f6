import type { CreateResult, StoreConnector, WriteResult } from '#libs/connectors/store-connector.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Random } from '#libs/runtime/random.ts';

export type TargetFaults = {
  /** Chance that a call lands late: after its answer was given up, up to `landingMs`. */
  readonly late: number;
  /** Chance that it lands at once and its answer is lost. */
  readonly lost: number;
  /** Chance that the sender stops for a while just before the tick that sends. */
  readonly pause: number;
  readonly patienceMs: number;
  readonly landingMs: number;
  /** True once the faults have ended: every call is answered at once. */
  readonly calm?: () => boolean;
  /** Called before the last look at whether it may be sent: here a process is frozen. */
  readonly beforeSend?: () => void;
  /** Called when the call is on its way: here a process is killed. */
  readonly afterSend?: () => void;
};

/**
 * A target whose calls take effect by themselves, whatever becomes of their sender: the answer comes in time, or is lost, or the
 * call lands long after it was given up. `senderClock` stops with its process; `world` never does.
 */
export function withLateLanding(
  target: StoreConnector,
  faults: TargetFaults,
  { world, senderClock, random }: { readonly world: Clock; readonly senderClock: Clock; readonly random: Random },
): StoreConnector {
  async function send<T>(
    count: number,
    maySend: () => boolean,
    land: () => Promise<readonly T[]>,
  ): Promise<readonly (T | WriteResult | CreateResult)[]> {
    const answers = (outcome: 'unknown' | 'not-sent') =>
      Array.from({ length: count }, (): WriteResult =>
        outcome === 'unknown' ? { outcome, message: 'no answer came' } : { outcome },
      );
    // A process may be stopped anywhere; here is where it hurts.
    if (faults.calm?.() === true) return maySend() ? land() : answers('not-sent');
    faults.beforeSend?.();
    await senderClock.sleep(random() < faults.pause ? random() * 4 * faults.patienceMs : 1);
    if (!maySend()) return answers('not-sent');
    faults.afterSend?.();
    const late = random() < faults.late;
    const lost = !late && random() < faults.lost;
    const landsAfter = late
      ? faults.patienceMs + random() * (faults.landingMs - faults.patienceMs - 1)
      : random() * faults.patienceMs * 0.6;
    const landed = new Promise<readonly T[]>((resolve) => world.after(landsAfter, () => void land().then(resolve)));
    const gaveUp = senderClock.sleep(faults.patienceMs).then((): null => null);
    const result = lost ? await gaveUp : await Promise.race([landed, gaveUp]);
    return result ?? answers('unknown');
  }
  const always = () => true;
  return {
    ...target,
    write: async (patches, call) =>
      (await send(patches.length, call.maySend, () =>
        target.write(patches, { ...call, maySend: always }),
      )) as readonly WriteResult[],
    create: async (drafts, call) =>
      (await send(drafts.length, call.maySend, () =>
        target.create(drafts, { ...call, maySend: always }),
      )) as readonly CreateResult[],
  };
}
