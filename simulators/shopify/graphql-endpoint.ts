import { isDeepStrictEqual } from 'node:util';

import type { GraphQLError } from 'graphql';

import type { Fault, FaultPlan } from '../core/faults.ts';
import type { Bucket } from './bucket.ts';
import { actualCost, requestedCost } from './cost.ts';
import { callName, type Executor, type GraphqlRequest } from './executor.ts';
import type { Idempotency } from './idempotency.ts';
import type { World } from './world.ts';

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};
/** What the HTTP side does: answers, or cuts the connection. */
export type Reply = Answer | 'cut';

export type EndpointParts = {
  readonly world: World;
  readonly executor: Executor;
  readonly bucket: Bucket;
  readonly faults: FaultPlan;
  readonly idempotency: Idempotency;
  readonly sleep: (ms: number) => Promise<void>;
  readonly fork: (afterMs: number, work: () => void) => void;
};

type Call = {
  readonly id: number;
  readonly name: string;
  readonly kind: 'read' | 'write';
  readonly effect: Fault['effect'] | undefined;
  readonly token: string | undefined;
};

/** One POST to graphql.json by somebody with a valid token. It is applied whether or not the client waits for the answer. */
export async function answerGraphql(parts: EndpointParts, body: string, token?: string): Promise<Reply> {
  const request = readRequest(body);
  if (request === undefined)
    return { status: 400, body: JSON.stringify({ errors: { query: 'Required parameter missing or invalid' } }) };
  const { name, kind } = callName(request.query);
  const id = parts.world.ledger.nextCallId();
  const effect = parts.faults.strike({ name, kind, body, token });
  return underFault(parts, request, { id, name, kind, effect, token });
}

async function underFault(parts: EndpointParts, request: GraphqlRequest, call: Call): Promise<Reply> {
  const { effect } = call;
  switch (effect?.type) {
    case undefined:
      return perform(parts, request, call);
    case 'throttle':
      return throttled(parts, request, call);
    case 'status':
      return record(parts, call, 0, {
        status: effect.status,
        body: effect.body ?? JSON.stringify({ errors: 'Internal Server Error' }),
      });
    case 'slow': {
      const reply = perform(parts, request, call);
      await parts.sleep(effect.delayMs);
      return reply;
    }
    case 'hold-before':
      return reserved(parts, request, async () => {
        effect.gate.arrive();
        await effect.gate.opened;
        return () => perform(parts, request, call);
      });
    case 'hold-after': {
      const reply = perform(parts, request, call);
      effect.gate.arrive();
      await effect.gate.opened;
      return reply;
    }
    case 'lost-answer':
      if (effect.landsAfterMs === null) return record(parts, call, 0, 'cut');
      if (effect.landsAfterMs === 0) perform(parts, request, call);
      else landLater(parts, request, call, effect.landsAfterMs);
      return 'cut';
    case 'partial':
      perform(parts, request, call, effect.items);
      return 'cut';
  }
}

/** While a call waits, its idempotency key is taken: others are told that it is under way. */
async function reserved(
  parts: EndpointParts,
  request: GraphqlRequest,
  wait: () => Promise<() => Reply>,
): Promise<Reply> {
  const key = keyOf(parts, request);
  if (key !== undefined) parts.idempotency.reserve(key);
  const go = await wait();
  if (key !== undefined) parts.idempotency.release(key);
  parts.world.settle();
  return go();
}

function landLater(parts: EndpointParts, request: GraphqlRequest, call: Call, afterMs: number): void {
  const key = keyOf(parts, request);
  if (key !== undefined) parts.idempotency.reserve(key);
  parts.fork(afterMs, () => {
    if (key !== undefined) parts.idempotency.release(key);
    perform(parts, request, call);
  });
}

function keyOf(parts: EndpointParts, request: GraphqlRequest): string | undefined {
  const prepared = parts.executor.prepare(request);
  return 'errors' in prepared ? undefined : prepared.idempotencyKey;
}

function perform(parts: EndpointParts, request: GraphqlRequest, call: Call, onlyFirst?: number): Reply {
  const prepared = parts.executor.prepare(request);
  const cut = call.effect?.type === 'lost-answer' || call.effect?.type === 'partial';
  if ('errors' in prepared) return record(parts, call, 0, ok({ errors: prepared.errors.map(toJson) }));
  const { chargesEachId, maxQueryCost } = parts.world.settings;
  const requested = requestedCost({ ...prepared, chargesEachId });
  if (requested > maxQueryCost) return record(parts, call, 0, ok(tooDear(requested, maxQueryCost)));
  if (!parts.bucket.take(requested)) return record(parts, call, 0, ok(throttle(parts, requested)));
  const { result, warnings } = parts.executor.run(prepared, {
    author: { actor: 'api', callId: call.id, token: call.token },
    onlyFirst,
  });
  const actual = Math.min(requested, actualCost({ ...prepared, chargesEachId }, result.data));
  parts.bucket.refund(requested - actual);
  const answer = ok({
    ...(result.errors === undefined ? {} : { errors: result.errors.map(toJson) }),
    ...(result.data === undefined ? {} : { data: result.data }),
    extensions: {
      cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: parts.bucket.status() },
      ...(warnings.length === 0 ? {} : { search: warnings }),
    },
  });
  return record(parts, call, actual, cut ? 'cut' : answer);
}

function throttled(parts: EndpointParts, request: GraphqlRequest, call: Call): Reply {
  const prepared = parts.executor.prepare(request);
  const requested = 'errors' in prepared ? 1 : requestedCost(prepared);
  const effect = call.effect?.type === 'throttle' ? call.effect : undefined;
  const { maximumAvailable, restoreRate } = parts.bucket.status();
  // The answer says so much is there that the wait for the rest is as long as the fault wants.
  const currentlyAvailable = Math.max(0, Math.floor(requested - (effect?.retryAfterSeconds ?? 1) * restoreRate));
  parts.bucket.drain(Math.max(0, parts.bucket.status().currentlyAvailable - currentlyAvailable));
  return record(parts, call, 0, ok(throttle(parts, requested, { maximumAvailable, currentlyAvailable, restoreRate })));
}

function throttle(parts: EndpointParts, requested: number, status: unknown = parts.bucket.status()): unknown {
  return {
    errors: [
      {
        message: 'Throttled',
        extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
      },
    ],
    extensions: { cost: { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: status } },
  };
}

function tooDear(cost: number, maxCost: number): unknown {
  return {
    errors: [
      {
        message: `Query cost is ${cost}, which exceeds the single query max cost limit (${maxCost}).`,
        extensions: {
          code: 'MAX_COST_EXCEEDED',
          cost,
          maxCost,
          documentation: 'https://shopify.dev/api/usage/rate-limits',
        },
      },
    ],
  };
}

function ok(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}

function record<R extends Reply>(parts: EndpointParts, call: Call, cost: number, reply: R): R {
  const { ledger } = parts.world;
  ledger.call({
    id: call.id,
    at: parts.world.now(),
    name: call.name,
    kind: call.kind,
    status: reply === 'cut' ? 0 : reply.status,
    cost,
    ...(call.effect === undefined ? {} : { fault: call.effect.type }),
  });
  return reply;
}

function toJson(error: GraphQLError): unknown {
  const { message, locations, path, extensions } = error;
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    ...(isDeepStrictEqual(extensions, {}) ? {} : { extensions }),
  };
}

function readRequest(body: string): GraphqlRequest | undefined {
  try {
    const { query, variables, operationName } = JSON.parse(body) as {
      query?: unknown;
      variables?: unknown;
      operationName?: unknown;
    };
    if (typeof query !== 'string') return undefined;
    return {
      query,
      variables: (variables ?? {}) as Record<string, unknown>,
      operationName: typeof operationName === 'string' ? operationName : undefined,
    };
  } catch {
    return undefined;
  }
}
