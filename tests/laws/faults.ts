import type { CreateResult, StoreConnector, WriteContext, WriteResult } from '#libs/connectors/store-connector.ts';
import type { Decorate } from './harness.ts';

type Calls = 'write' | 'create';
/** What becomes of one call: null lets it through. */
export type Fate =
  /** Takes effect after this long, and no answer ever comes; null: it never takes effect. */
  | { readonly kind: 'lost'; readonly landsAfterMs: number | null }
  /** The platform's own answer in place of the store's, and nothing takes effect. */
  | { readonly kind: 'answer'; readonly result: WriteResult & CreateResult };

// What is on its way lands whatever becomes of its sender.
const late = (call: WriteContext): WriteContext => ({ ...call, maySend: () => true });

/** A target whose n-th write or creation (from 1) ends as told. */
export function withFates(calls: Calls, fateOf: (call: number) => Fate | null): Decorate {
  let count = 0;
  return (target, clock): StoreConnector => {
    function run<T>(items: readonly unknown[], send: () => Promise<readonly T[]>): Promise<readonly T[]> {
      const fate = fateOf(++count);
      if (fate === null) return send();
      if (fate.kind === 'answer') return Promise.resolve(items.map(() => fate.result as T));
      if (fate.landsAfterMs === 0) void send();
      else if (fate.landsAfterMs !== null) clock.after(fate.landsAfterMs, () => void send());
      return Promise.resolve(items.map(() => ({ outcome: 'unknown', message: 'no answer came' }) as T));
    }
    return calls === 'write'
      ? { ...target, write: (patches, call) => run(patches, () => target.write(patches, late(call))) }
      : { ...target, create: (drafts, call) => run(drafts, () => target.create(drafts, late(call))) };
  };
}

/** The first call alone ends as told. */
export function first(fate: Fate): (call: number) => Fate | null {
  return (call) => (call === 1 ? fate : null);
}
