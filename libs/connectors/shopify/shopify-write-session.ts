import type { z } from 'zod';

import { isSyncError, type SyncError } from '#libs/runtime/sync-error.ts';
import type { WriteContext } from '../store-connector.ts';
import type { ShopifyClient, WriteFailure } from './shopify-client.ts';
import type { Document } from './shopify-documents.ts';
import type { UserErrorWire } from './shopify-wire.ts';

/** How one mutation ended: its payload, or why there is none. */
export type Sent<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly failure: WriteFailure };

/** The calls of one write, with what they have in common: whether anything at all reached the store. */
export type WriteSession = {
  readonly call: WriteContext;
  readonly send: <T>(
    document: Document,
    schema: z.ZodType<T>,
    variables: Readonly<Record<string, unknown>>,
  ) => Promise<Sent<T>>;
  /** Runs what reads between or after the calls: a failure there says nothing about what was written. */
  readonly guarded: <T>(
    run: () => Promise<T>,
  ) => Promise<T | { readonly outcome: 'unknown'; readonly message: string; readonly foreign?: SyncError }>;
  /** Throws the store's error where it met every single call: then nothing was sent, and the whole write failed. */
  readonly end: () => void;
};

export function createWriteSession(client: ShopifyClient, call: WriteContext): WriteSession {
  const errors: SyncError[] = [];
  let reached = 0;
  return {
    call,
    async send(document, schema, variables) {
      const answer = await client.write(document, schema, variables, call);
      if (!answer.ok && answer.error !== undefined) errors.push(answer.error);
      else if (answer.ok || answer.failure.outcome !== 'not-sent') reached += 1;
      return answer;
    },
    async guarded(run) {
      try {
        return await run();
      } catch (error) {
        if (!isSyncError(error)) throw error;
        errors.push(error);
        const foreign = error.code === 'STORE_ANSWER_FOREIGN' ? { foreign: error } : {};
        return { outcome: 'unknown', message: error.message, ...foreign };
      }
    },
    end() {
      const [error] = errors;
      if (reached === 0 && error !== undefined) throw error;
    },
  };
}

/** The third layer of errors, in the platform's own words. */
export function refusal(errors: readonly UserErrorWire[]): WriteFailure | null {
  if (errors.length === 0) return null;
  return { outcome: 'refused', message: [...new Set(errors.map(({ message }) => message))].join('; ') };
}
