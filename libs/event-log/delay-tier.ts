import { must } from '#libs/runtime/must.ts';
import type { DelayTiers } from './event-log.ts';

/** Where delayed news waits next, and until when. */
export type DelayStep = { readonly tier: number; readonly dueAt: number };

/**
 * The smallest tier not shorter than what is left to wait; what is longer than every tier goes round in the last one.
 * An entry never comes back before `notBefore`, and waits no longer in a tier than the tier is long.
 */
export function planDelay(tiersMs: DelayTiers, now: number, notBefore: number): DelayStep {
  const leftMs = notBefore - now;
  const last = tiersMs.length - 1;
  const fitting = tiersMs.findIndex((tierMs) => tierMs >= leftMs);
  const tier = fitting === -1 ? last : fitting;
  return { tier, dueAt: now + Math.min(leftMs, must(tiersMs[tier], 'a delay tier')) };
}

/** Whether an entry that comes out of its tier has waited enough. */
export function isDue(now: number, notBefore: number): boolean {
  return notBefore <= now;
}
