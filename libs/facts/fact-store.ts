import type { Epoch, FactKey } from '#libs/event-log/event-log.ts';
import type { FactKind, FactValue } from './fact-kinds.ts';

/**
 * Decisions, typed: written to the log first, then to the state store's copies with their offset.
 * Reading goes to the copies; they are rebuilt from the log when they are not complete.
 */
export type FactStore = {
  readonly get: <K extends FactKind>(pair: string, kind: K, id: string) => Promise<FactValue<K> | null>;
  readonly getMany: <K extends FactKind>(
    pair: string,
    kind: K,
    ids: readonly string[],
  ) => Promise<readonly (FactValue<K> | null)[]>;
  readonly list: <K extends FactKind>(
    pair: string,
    kind: K,
  ) => AsyncIterable<{ readonly id: string; readonly value: FactValue<K> }>;
  readonly count: (pair: string, kind: FactKind) => Promise<number>;
  /** Durable when it resolves. With an epoch: `lost`, and nothing written, when that epoch is over. */
  readonly put: (facts: readonly AnyFactWrite[], options?: { readonly epoch?: Epoch }) => Promise<'written' | 'lost'>;
  /**
   * Makes sure that the copies hold everything that was on the log when this was called. Required before any creation.
   * `incomplete` when that cannot be told now: then nobody creates.
   */
  readonly ensureComplete: () => Promise<'complete' | 'incomplete'>;
};

/** A null value deletes the fact. */
export type AnyFactWrite = {
  [K in FactKind]: {
    readonly pair: string;
    readonly kind: K;
    readonly id: string;
    readonly value: FactValue<K> | null;
  };
}[FactKind];

export function factKey(pair: string, kind: FactKind, id: string): FactKey {
  return { pair, kind, id };
}
