import { Worker } from 'node:worker_threads';
import { must } from '#libs/runtime/must.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { FromWorker, ToWorker, WorkerStart } from './embedded-log-worker.ts';
import type { LogCall, LogOperation } from './log-tables.ts';
import type { LogReply, LogRequest } from './sqlite-tables.ts';
import { embeddedLogWorkerUrl } from './worker-url.ts';

/** The thread that holds the tables. */
export type LogThread = {
  readonly call: LogCall;
  /** Answers what was asked before, then closes the file. Later calls are refused. */
  readonly close: () => Promise<void>;
  /** Ends the thread wherever it is. */
  readonly terminate: () => Promise<void>;
};

type Waiting = { readonly request: LogRequest; readonly settle: (reply: LogReply) => void };

/** So that one transaction stays short. */
const BATCH_MAX = 500;

/**
 * Starts the thread and waits until its file is open. One batch of calls is with the thread at a time; what is asked
 * meanwhile goes together in the next, and so shares one write to the disk.
 */
export async function startLogThread(options: WorkerStart): Promise<LogThread> {
  // The thread needs none of the flags this process was started with, and some are refused in a thread.
  const worker = new Worker(embeddedLogWorkerUrl(), { workerData: options, execArgv: [] });
  let waiting: Waiting[] = [];
  let sent: readonly Waiting[] = [];
  let ended: string | null = null;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  function fail(why: string): void {
    ended ??= why;
    const asked = [...sent, ...waiting];
    sent = [];
    waiting = [];
    for (const { settle } of asked) settle({ kind: 'unavailable', why });
  }
  function send(): void {
    if (sent.length > 0 || waiting.length === 0) return;
    sent = waiting.slice(0, BATCH_MAX);
    waiting = waiting.slice(BATCH_MAX);
    post(
      worker,
      sent.map(({ request }) => request),
    );
  }
  function answer(replies: FromWorker): void {
    const asked = sent;
    sent = [];
    for (const [index, { settle }] of asked.entries()) settle(must(replies[index], 'a reply of the log'));
    send();
  }

  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => fail('its thread has ended'));
  const opened = Promise.withResolvers<LogReply>();
  worker.once('message', (replies: FromWorker) => {
    opened.resolve(must(replies[0], 'the first reply of the log'));
    worker.on('message', answer);
  });
  worker.once('exit', () => opened.resolve({ kind: 'unavailable', why: ended ?? 'its thread has ended' }));
  unwrap(options.file, 'open', await opened.promise);

  function ask(operation: LogOperation, args: unknown): Promise<LogReply> {
    if (ended !== null) return Promise.resolve({ kind: 'unavailable', why: ended });
    return new Promise((settle) => {
      waiting.push({ request: { operation, args: args as never }, settle });
      send();
    });
  }

  return {
    call: async (operation, args) => unwrap(options.file, operation, await ask(operation, args)) as never,
    async close() {
      if (ended === null) {
        // The queue is answered in order, so whatever was asked before this is done when it is.
        const last = ask('journalEnd', {});
        ended = 'it is closed';
        await last;
        post(worker, null);
      }
      await exited;
    },
    async terminate() {
      fail('its thread was ended');
      await worker.terminate();
    },
  };
}

function post(worker: Worker, message: ToWorker): void {
  // No transfers; the second argument also tells the linter that this is no window.
  worker.postMessage(message, []);
}

function unwrap(file: string, action: string, reply: LogReply): unknown {
  switch (reply.kind) {
    case 'done':
      return reply.result;
    case 'unavailable':
      throw new SyncError('LOG_UNAVAILABLE', `Cannot ${ACTIONS.get(action) ?? 'use'} "${file}": ${reply.why}`);
    case 'broken':
      throw new Error(reply.why);
  }
}

const ACTIONS = new Map([
  ['open', 'open'],
  ['publish', 'publish to'],
  ['appendFacts', 'append facts to'],
  ['appendJournal', 'append to the journal in'],
  ['commit', 'commit to'],
]);
