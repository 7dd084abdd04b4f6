import type { Clock } from '#libs/runtime/clock.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { AnyFactWrite } from './fact-store.ts';

/** The fact that somebody did something, for `lockstep log`. */
export function actOf(clock: Pick<Clock, 'now'>, pair: string, by: string, what: string): AnyFactWrite {
  const at = clock.now();
  return {
    pair,
    kind: 'act',
    id: `${String(at).padStart(15, '0')}-${randomId().slice(0, 8)}`,
    value: { at, by, what },
  };
}
