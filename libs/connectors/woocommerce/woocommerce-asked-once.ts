import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext } from '../store-connector.ts';

/** What the shop answers once holds while this process lives; a call that failed is made again by the next who asks. */
export function askedOnce<T>(ask: (call: CallContext) => Promise<T>): (call: CallContext) => Promise<T> {
  let known: { readonly value: T } | null = null;
  let asking: Promise<{ readonly value: T }> | null = null;
  return async (call) => {
    while (known === null) {
      if (asking === null) {
        asking = ask(call)
          .then((value) => ({ value }))
          .finally(() => (asking = null));
        known = await asking;
      } else {
        // Somebody else’s call was given up, which says nothing; what the shop answered counts for all.
        await asking.catch((error: unknown) => {
          if (isSyncError(error)) throw error;
        });
      }
    }
    return known.value;
  };
}
