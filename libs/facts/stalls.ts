import type { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from './act-of.ts';
import type { FactStore } from './fact-store.ts';
import type { HoldParts } from './hold-pair.ts';

type Side = 'source' | 'target';

/** Writes down, once, why a pair stands still: its store refuses the credentials. `status` shows it; it is no hold and ends by itself. */
export async function beginStall(
  pair: string,
  side: Side,
  { message, hint }: SyncError,
  { facts, clock }: HoldParts,
): Promise<void> {
  if ((await facts.get(pair, 'stall', side)) !== null) return;
  const shop = side === 'source' ? 'the old shop' : 'the new shop';
  await facts.put([
    {
      pair,
      kind: 'stall',
      id: side,
      value: { at: clock.now(), message: `${shop} lets nobody in: ${message}`, remedy: hint },
    },
    actOf(clock, pair, 'lockstep', `stands still: ${shop} lets nobody in`),
  ]);
}

/** The pair goes on: whatever it stood still for has ended. */
export async function endStalls(
  pair: string,
  { facts, clock }: HoldParts & { readonly facts: Pick<FactStore, 'list'> },
  only?: Side,
): Promise<void> {
  for await (const { id } of facts.list(pair, 'stall'))
    if (only === undefined || id === only)
      await facts.put([
        { pair, kind: 'stall', id, value: null },
        actOf(clock, pair, 'lockstep', `goes on: the ${id === 'source' ? 'old' : 'new'} shop lets in again`),
      ]);
}
