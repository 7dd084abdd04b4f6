import type { z } from 'zod';

import { abortReason, type Clock } from '#libs/runtime/clock.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { ConnectorDeps } from '../registry.ts';
import { createHttp, NotSent, type Http } from '../http.ts';
import type { Budget, CallContext, WriteContext } from '../store-connector.ts';
import { baseUrl, type ShopifyConfig } from './shopify-config.ts';
import type { Document } from './shopify-documents.ts';
import { readEnvelope, topLevelError, waitMs, type Envelope } from './shopify-envelope.ts';
import { createGate } from './shopify-gate.ts';
import { createTokens, type Tokens } from './shopify-token.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Why a write call brought no answer that can be read. */
export type WriteFailure =
  | { readonly outcome: 'refused'; readonly message: string }
  | { readonly outcome: 'unknown'; readonly message: string; readonly foreign?: SyncError }
  | { readonly outcome: 'failed'; readonly message: string }
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number }
  | { readonly outcome: 'not-sent' };
export type WriteAnswer<T> =
  | { readonly ok: true; readonly data: T }
  | ({ readonly ok: false } & {
      readonly failure: WriteFailure;
      /** Set where nothing at all reached the store, or it let nobody in: when every call of a write ends so, the write throws it. */
      readonly error?: SyncError;
    });

export type ShopifyClient = {
  /** Asks, waits while the shop throttles, and throws for every other error; `allow` names top-level codes that are an answer. */
  readonly read: <T>(
    document: Document,
    schema: z.ZodType<T>,
    variables: Variables,
    call: CallContext,
    allow?: ReadonlySet<string>,
  ) => Promise<T>;
  /** Sends one mutation once. Never throws for what the store did. */
  readonly write: <T>(
    document: Document,
    schema: z.ZodType<T>,
    variables: Variables,
    call: WriteContext,
  ) => Promise<WriteAnswer<T>>;
  /** The store's clock by its last answer's Date header, milliseconds; null where none came. */
  readonly lastDate: () => number | null;
  /** What the shop's last answer said of the API version it was given by. */
  readonly lastVersion: () => AnsweredVersion;
};
/** Which API version answered, and what it says will be taken away; null where it said nothing. */
export type AnsweredVersion = { readonly version: string | null; readonly deprecation: string | null };

// A read that is throttled this often in a row is told to the caller.
const THROTTLED_MAX = 12;

export function createShopifyClient(config: ShopifyConfig, deps: ConnectorDeps): ShopifyClient {
  const { clock, callMs, budget } = deps;
  const http = createHttp({ clock, callMs, ...(deps.fetch === undefined ? {} : { fetch: deps.fetch }) });
  const tokens = createTokens(config, http, clock);
  const post = createPost({ config, http, tokens, budget, clock });

  return {
    lastDate: post.lastDate,
    lastVersion: post.lastVersion,
    async read(document, schema, variables, call, allow = new Set()) {
      const action = `read ${document.name}`;
      for (let tries = 1; ; tries++) {
        try {
          const envelope = await post.send(document, variables, call);
          return readData(envelope, { document, schema, action, allow });
        } catch (error) {
          if (!isSyncError(error) || error.code !== 'STORE_RATE_LIMITED' || tries >= THROTTLED_MAX) throw error;
          budget.backOff(error.retryAfterMs ?? 1000);
          await clock.sleep(error.retryAfterMs ?? 1000, call.signal);
        }
      }
    },
    async write(document, schema, variables, call) {
      try {
        const envelope = await post.send(document, variables, call, call.maySend);
        return readWrite(envelope, document, schema, budget);
      } catch (error) {
        return toWriteFailure(error, call, budget);
      }
    },
  };
}

function readData<T>(
  envelope: Envelope,
  {
    document,
    schema,
    action,
    allow,
  }: { document: Document; schema: z.ZodType<T>; action: string; allow: ReadonlySet<string> },
): T {
  const error = envelope.errors.find(({ code }) => !allow.has(code));
  if (error !== undefined) throw topLevelError(error, action, waitMs(envelope, document.cost));
  const [field] = envelope.unknownSearchFields;
  if (field !== undefined)
    throw new SyncError('STORE_REFUSED', `Cannot ${action}: the shop cannot search by "${field}"`);
  const parsed = schema.safeParse(envelope.data ?? {});
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new SyncError('STORE_ANSWER_FOREIGN', `Cannot ${action}: the answer lacks "${where}"`);
}

function readWrite<T>(envelope: Envelope, document: Document, schema: z.ZodType<T>, budget: Budget): WriteAnswer<T> {
  const [error] = envelope.errors;
  const action = `call ${document.name}`;
  // Data beside an error: the mutation ran, and only a part of its answer was denied.
  const ran = Object.values(envelope.data ?? {}).some((payload) => payload !== null);
  if (error !== undefined && !ran) {
    const thrown = topLevelError(error, action, waitMs(envelope, document.cost));
    if (thrown.code === 'STORE_RATE_LIMITED') {
      budget.backOff(thrown.retryAfterMs ?? 1000);
      return { ok: false, failure: { outcome: 'throttled', retryAfterMs: thrown.retryAfterMs ?? 1000 } };
    }
    if (thrown.code === 'STORE_UNAUTHORISED')
      return { ok: false, failure: { outcome: 'refused', message: thrown.message }, error: thrown };
    return {
      ok: false,
      failure: { outcome: thrown.code === 'STORE_FAILED' ? 'failed' : 'refused', message: error.message },
    };
  }
  const parsed = schema.safeParse(envelope.data ?? {});
  if (parsed.success) return { ok: true, data: parsed.data };
  return { ok: false, failure: { outcome: 'unknown', message: `${action}: the answer cannot be read` } };
}

function toWriteFailure(error: unknown, call: WriteContext, budget: Budget): WriteAnswer<never> {
  if (error instanceof NotSent) return { ok: false, failure: { outcome: 'not-sent' } };
  if (!isSyncError(error)) {
    if (call.signal.aborted) return { ok: false, failure: { outcome: 'not-sent' } };
    throw error;
  }
  const { message, code } = error;
  if (code === 'STORE_UNREACHABLE') return { ok: false, failure: { outcome: 'failed', message }, error };
  if (code === 'STORE_UNAUTHORISED') return { ok: false, failure: { outcome: 'refused', message }, error };
  if (code === 'STORE_FAILED') return { ok: false, failure: { outcome: 'failed', message } };
  if (code === 'STORE_RATE_LIMITED') {
    budget.backOff(error.retryAfterMs ?? 1000);
    return { ok: false, failure: { outcome: 'throttled', retryAfterMs: error.retryAfterMs ?? 1000 } };
  }
  return {
    ok: false,
    failure: { outcome: 'unknown', message, ...(code === 'STORE_ANSWER_FOREIGN' ? { foreign: error } : {}) },
  };
}

type PostParts = {
  readonly config: ShopifyConfig;
  readonly http: Http;
  readonly tokens: Tokens;
  readonly budget: Budget;
  readonly clock: Clock;
};
type Post = {
  readonly send: (
    document: Document,
    variables: Variables,
    call: CallContext,
    maySend?: () => boolean,
  ) => Promise<Envelope>;
  readonly lastDate: () => number | null;
  readonly lastVersion: () => AnsweredVersion;
};

/** One call: its cost taken from the budget, its turn waited for, its token renewed once where the shop no longer takes it. */
function createPost({ config, http, tokens, budget }: PostParts): Post {
  const gate = createGate(config.maxConcurrent);
  const costs = new Map<string, number>();
  const url = `${baseUrl(config)}/admin/api/${config.apiVersion}/graphql.json`;
  let lastDate: number | null = null;
  let lastVersion: AnsweredVersion = { version: null, deprecation: null };

  const once = async (
    document: Document,
    variables: Variables,
    call: CallContext,
    maySend: (() => boolean) | undefined,
    token: string,
  ) =>
    await http(
      {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', accept: 'application/json', 'x-shopify-access-token': token },
        body: JSON.stringify({ query: document.text, variables }),
        action: `call ${document.name}`,
      },
      call.signal,
      maySend,
    );

  return {
    lastDate: () => lastDate,
    lastVersion: () => lastVersion,
    async send(document, variables, call, maySend) {
      await budget.take(costs.get(document.name) ?? document.cost, call.priority, call.signal);
      const leave = await gate.enter(call.signal);
      try {
        if (call.signal.aborted) throw abortReason(call.signal);
        const token = await tokens.token(call.signal);
        let answer = await once(document, variables, call, maySend, token);
        // A refused token means that nothing ran, so the same call may be sent again.
        if (answer.status === 401 && tokens.renewable)
          answer = await once(document, variables, call, maySend, await tokens.token(call.signal, token));
        const envelope = readEnvelope(answer, `call ${document.name}`);
        if (envelope.requestedCost !== null) costs.set(document.name, envelope.requestedCost);
        if (envelope.throttle !== null) {
          const { currentlyAvailable, maximumAvailable, restoreRate } = envelope.throttle;
          budget.report(currentlyAvailable, maximumAvailable, restoreRate);
        }
        const date = Date.parse(envelope.date ?? '');
        if (!Number.isNaN(date)) lastDate = date;
        lastVersion = { version: envelope.version, deprecation: envelope.deprecation ?? lastVersion.deprecation };
        return envelope;
      } finally {
        leave();
      }
    },
  };
}
