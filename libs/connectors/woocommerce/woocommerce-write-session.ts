import type { z } from 'zod';

import { isSyncError, type SyncError } from '#libs/runtime/sync-error.ts';
import { NotSent } from '../http.ts';
import type { WriteContext, WriteResult } from '../store-connector.ts';
import type { WooClient } from './woocommerce-client.ts';

export type WriteFailure = Exclude<WriteResult, { readonly outcome: 'stored' } | { readonly outcome: 'stale' }>;
export type Sent<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly failure: WriteFailure };

type Request = {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly action: string;
};

/** The calls of one write, with what they have in common: whether anything at all reached the shop. */
export type WriteSession = {
  readonly call: WriteContext;
  readonly send: <S extends z.ZodType>(schema: S, request: Request) => Promise<Sent<z.output<S>>>;
  /** Runs what reads before, between or after the calls: a failure there says nothing about what was written. */
  readonly guarded: <T>(run: () => Promise<T>) => Promise<T | Extract<WriteFailure, { readonly outcome: 'unknown' }>>;
  /** Throws the shop's error where it met every single call: then nothing was sent, and the whole write failed. */
  readonly end: () => void;
};

export function createWriteSession(client: WooClient, call: WriteContext): WriteSession {
  const errors: SyncError[] = [];
  let reached = 0;
  return {
    call,
    async send(schema, request) {
      try {
        const data = await client.send(schema, request, call);
        reached += 1;
        return { ok: true, data };
      } catch (error) {
        if (error instanceof NotSent) return { ok: false, failure: { outcome: 'not-sent' } };
        if (!isSyncError(error)) throw error;
        const failure = toFailure(error);
        if (failure.outcome === 'not-sent') errors.push(error);
        else reached += 1;
        return { ok: false, failure };
      }
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

/** A gateway's answer says nothing: PHP may still be at it, or may not even have begun. */
const GATEWAY: ReadonlySet<number | null> = new Set([502, 504, 520, 522, 524]);

function toFailure(error: SyncError): WriteFailure {
  const { code, message, status } = error;
  if (code === 'STORE_REFUSED') return { outcome: 'refused', message: own(message) };
  if (code === 'STORE_SILENT') return { outcome: 'unknown', message };
  if (code === 'STORE_ANSWER_FOREIGN') return { outcome: 'unknown', message, foreign: error };
  if (code === 'STORE_RATE_LIMITED') return { outcome: 'throttled', retryAfterMs: error.retryAfterMs ?? 2_000 };
  if (code === 'STORE_FAILED') return { outcome: GATEWAY.has(status) ? 'unknown' : 'failed', message };
  // No connection, or the key is refused: it was certainly not applied.
  return { outcome: 'not-sent' };
}

/** The shop's own words, without what was tried. */
function own(message: string): string {
  return message.replace(/^Cannot [^:]*: /, '');
}

/** The outcome that demands most of the caller: what may have taken effect comes before what certainly did not. */
const ORDER: readonly WriteResult['outcome'][] = ['unknown', 'failed', 'throttled', 'not-sent', 'stale', 'refused'];

export function worst<F extends WriteResult>(failures: readonly F[]): F | null {
  return failures.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))[0] ?? null;
}
