import type { ApplierDeps } from './applier-deps.ts';

/** What a person decided about the pair, as the copies of facts say now. */
export type PairState = {
  readonly phase: 'observe' | 'follow' | 'closed';
  /** Held fields; `*`: the whole pair. */
  readonly held: ReadonlySet<string>;
  /** This process runs another config than the one that was approved. */
  readonly configDiffers: boolean;
};

export async function readPairState({ facts, settings }: Pick<ApplierDeps, 'facts' | 'settings'>): Promise<PairState> {
  const held = new Set<string>();
  for await (const { id } of facts.list(settings.name, 'hold')) held.add(id);
  const [phase, approval] = await Promise.all([
    facts.get(settings.name, 'phase', 'phase'),
    facts.get(settings.name, 'approval', 'approval'),
  ]);
  return {
    phase: phase?.phase ?? 'observe',
    held,
    configDiffers: approval !== null && approval.configHash !== settings.configHash,
  };
}

/** Whether nothing was decided in between: what was planned under another state is planned again. */
export function isSameState(one: PairState, other: PairState): boolean {
  return (
    one.phase === other.phase &&
    one.configDiffers === other.configDiffers &&
    one.held.symmetricDifference(other.held).size === 0
  );
}

/** Whether anything may be written at all. */
export function mayWrite({ phase, held, configDiffers }: PairState): boolean {
  return phase === 'follow' && !held.has('*') && !configDiffers;
}
