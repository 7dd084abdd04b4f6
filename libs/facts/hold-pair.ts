import type { Clock } from '#libs/runtime/clock.ts';
import type { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from './act-of.ts';
import type { FactStore } from './fact-store.ts';

export type HoldParts = { readonly facts: Pick<FactStore, 'get' | 'put'>; readonly clock: Pick<Clock, 'now'> };

/** Holds a whole pair until a person ends it by `lockstep resume`; true where no hold stood yet. One that stands keeps its own reason and time. */
export async function holdPair(pair: string, reason: string, { facts, clock }: HoldParts): Promise<boolean> {
  if ((await facts.get(pair, 'hold', '*')) !== null) return false;
  await facts.put([
    { pair, kind: 'hold', id: '*', value: { at: clock.now(), by: 'lockstep', reason } },
    actOf(clock, pair, 'lockstep', `held: ${reason}`),
  ]);
  return true;
}

/** Why a pair is held after an answer that was not the platform's own: which shop, what came (never its body), what to do. */
export function foreignReason(pair: string, side: 'source' | 'target', { message }: SyncError): string {
  const shop = side === 'source' ? 'old shop (source)' : 'new shop (target)';
  const remedy = 'Check its address, and let Lockstep through what stands in front of it (headers, httpAuth)';
  return `something else answered in place of the ${shop}. ${message}. ${remedy}; then lockstep resume ${pair}`;
}
