import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '#libs/runtime/must.ts';
import type { DelayTiers } from './event-log.ts';
import { createSqliteTables, runBatch, toFailure, type LogReply, type LogRequest } from './sqlite-tables.ts';

/** What the thread is told when it starts. */
export type WorkerStart = { readonly file: string; readonly delayTiersMs: DelayTiers };

/** To the thread: requests to answer in order, or null to end. */
export type ToWorker = readonly LogRequest[] | null;
/** From the thread: first that the file is open (one `done`), then the replies of each message. */
export type FromWorker = readonly LogReply[];

const port = must(parentPort, 'the thread that started this worker');
const answer = (replies: FromWorker) => port.postMessage(replies);

function serve({ file, delayTiersMs }: WorkerStart): void {
  const database = new DatabaseSync(file);
  const tables = createSqliteTables(database, delayTiersMs);
  port.on('message', (message: ToWorker) => {
    if (message !== null) {
      answer(runBatch(database, tables, message));
      return;
    }
    database.close();
    port.close();
  });
  answer([{ kind: 'done', result: null }]);
}

try {
  // Nobody else starts this file (worker-calls.ts).
  const start: WorkerStart = workerData;
  serve(start);
} catch (error) {
  answer([toFailure(error)]);
  port.close();
}
