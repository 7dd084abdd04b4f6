import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, FaultPlan } from '../core/faults.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Answer, Breakdown, Endpoint, HttpCall } from './endpoint.ts';
import type { PhpFault, PhpFaultPlan } from './php-faults.ts';

export type HttpServer = {
  readonly start: (port?: number) => Promise<{ url: string }>;
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly endpoint: Endpoint;
  readonly faults: FaultPlan;
  readonly phpFaults: PhpFaultPlan;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Runs something later; handed in so that a test can decide when. */
  readonly later: (delayMs: number, run: () => void) => void;
};

/** Once the whole body has come, nothing stops a call any more: not even a client that is gone. */
export function createHttpServer(options: Options): HttpServer {
  let server: Server | undefined;
  return {
    start(port = 0) {
      const listening = createServer((request, response) => {
        void bodyOf(request).then((body) => (body === undefined ? undefined : serve(options, request, response, body)));
      });
      server = listening;
      return new Promise((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(port, '127.0.0.1', () =>
          resolve({ url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}` }),
        );
      });
    },
    stop() {
      const running = server;
      server = undefined;
      return new Promise((resolve) => {
        if (running === undefined) return resolve();
        running.close(() => resolve());
        running.closeAllConnections();
      });
    },
  };
}

function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(undefined));
    request.on('aborted', () => resolve(undefined));
  });
}

async function serve(
  options: Options,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> {
  const { endpoint, faults, phpFaults, ledger, now } = options;
  const call = endpoint.read({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body,
  });
  const callId = ledger.nextCallId();
  const effect = faults.strike({ name: call.name, kind: call.kind, body, token: call.token });
  const at = now();
  const record = (status: number): void => {
    const fault = effect === undefined ? {} : { fault: effect.type };
    ledger.call({ id: callId, at, name: call.name, kind: call.kind, status, cost: 1, ...fault });
  };
  const apply = async (breakdown: Breakdown = {}): Promise<Answer> => {
    const answer = await endpoint.answer(call, callId, breakdown);
    record(answer.status);
    return answer;
  };
  const php = effect === undefined ? phpFaults.strike(call) : undefined;
  if (php !== undefined) return send(response, call, await broken(options, php, { apply, record }));
  if (effect === undefined) return send(response, call, await apply());
  await struck(options, effect, { response, call, apply, record });
}

/** What is answered where PHP, its database or the web server before it breaks down. */
async function broken(
  { later }: Options,
  effect: PhpFault['effect'],
  { apply, record }: Pick<Struck, 'apply' | 'record'>,
): Promise<Answer> {
  switch (effect.type) {
    case 'killed':
      return apply({ diesAfter: effect.after });
    case 'locked':
      return apply({ locked: true });
    case 'gateway': {
      const { landsAfterMs } = effect;
      record(504);
      if (landsAfterMs !== null) later(landsAfterMs, () => void apply());
      return plain(504, '<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n</html>\r\n');
    }
  }
}

type Struck = {
  readonly response: ServerResponse;
  readonly call: HttpCall;
  readonly apply: (breakdown?: Breakdown) => Promise<Answer>;
  readonly record: (status: number) => void;
};

async function struck(
  options: Options,
  effect: Fault['effect'],
  { response, call, apply, record }: Struck,
): Promise<void> {
  const cut = (): void => {
    response.socket?.destroy();
  };
  switch (effect.type) {
    case 'throttle': {
      const wait = effect.retryAfterSeconds;
      record(429);
      return send(
        response,
        call,
        plain(429, 'Too Many Requests', wait === undefined ? {} : { 'Retry-After': String(wait) }),
      );
    }
    case 'status':
      record(effect.status);
      return send(
        response,
        call,
        plain(effect.status, effect.body ?? `<html><body><h1>${effect.status}</h1></body></html>`),
      );
    case 'slow': {
      const answer = await apply();
      await new Promise<void>((resolve) => options.later(effect.delayMs, resolve));
      return send(response, call, answer);
    }
    case 'lost-answer':
      if (effect.landsAfterMs === 0) await apply();
      if (effect.landsAfterMs === null) record(0);
      cut();
      if (effect.landsAfterMs !== null && effect.landsAfterMs > 0)
        options.later(effect.landsAfterMs, () => void apply());
      return;
    case 'hold-before':
      effect.gate.arrive();
      await effect.gate.opened;
      return send(response, call, await apply());
    case 'hold-after': {
      const answer = await apply();
      effect.gate.arrive();
      await effect.gate.opened;
      return send(response, call, answer);
    }
    case 'partial':
      await apply({ onlyItems: effect.items });
      return cut();
  }
}

function plain(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/html; charset=UTF-8', ...headers }, body };
}

function send(response: ServerResponse, call: HttpCall, answer: Answer): void {
  if (response.destroyed || response.socket === null || response.socket.destroyed) return;
  response.writeHead(answer.status, { Server: 'nginx/1.22.1', ...answer.headers });
  response.end(call.method === 'HEAD' ? undefined : answer.body);
}
