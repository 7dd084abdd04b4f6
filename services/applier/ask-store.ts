import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { Health } from './applier-deps.ts';
import { StoreIll, StoreShut } from './applier-deps.ts';

const PASSED_OVER = 'the store answered, and not for all that it was asked';

export type Asked<T> =
  | { readonly kind: 'got'; readonly value: T }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Asks a store for many items in one call; one answer an item, in order. When the call fails, a probe decides whether the store is ill (then this throws) or
 * the call is: then it is halved until the item that brings it down stands alone.
 */
export async function askMany<I, T>(
  items: readonly I[],
  ask: (items: readonly I[]) => Promise<readonly T[]>,
  side: 'source' | 'target',
  health: Health,
): Promise<readonly Asked<T>[]> {
  if (items.length === 0) return [];
  try {
    const values = await ask(items);
    // An item that was passed over was not answered for, which is not the same as not being there.
    return items.map((_, index) =>
      index in values ? { kind: 'got', value: values[index] as T } : { kind: 'failed', message: PASSED_OVER },
    );
  } catch (error) {
    const message = await whoseFault(error, side, health);
    if (items.length === 1) return [{ kind: 'failed', message }];
    const middle = Math.ceil(items.length / 2);
    const left = await askMany(items.slice(0, middle), ask, side, health);
    return [...left, ...(await askMany(items.slice(middle), ask, side, health))];
  }
}

/** The message of a call that failed while its store is well; throws StoreIll, StoreShut, or what is no store's fault. */
export async function whoseFault(error: unknown, side: 'source' | 'target', health: Health): Promise<string> {
  if (!isSyncError(error)) throw error;
  if (error.code === 'STORE_REFUSED') return error.message;
  if (error.code === 'STORE_UNAUTHORISED') throw new StoreShut(side, error);
  if (!['STORE_FAILED', 'STORE_SILENT', 'STORE_UNREACHABLE'].includes(error.code)) throw error;
  if ((await health.failed(error)) === 'ill') throw new StoreIll(side, error);
  return error.message;
}
