import type { Hono } from 'hono';

import { isErrno } from '#libs/runtime/data-dir.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { Listening } from '../services/ingest/listen.ts';
import { listen } from '../services/ingest/listen.ts';
import { createPrivateApp } from '../services/ingest/private-app.ts';
import type { Context } from './context.ts';

/** How a process without ingest is: it is ready once it has reached the log, and while the state store answers. */
export function createHealthApp(
  { state, metrics }: { readonly state: Pick<Context['state'], 'getNote'>; readonly metrics: Context['metrics'] },
  isOnLog: () => boolean,
): Hono {
  const readiness = async () => {
    const log = isOnLog() ? 'well' : 'waiting';
    const answers = await state.getNote('health').then(
      () => 'well',
      () => 'ill',
    );
    return { ready: log === 'well' && answers === 'well', log, state: answers };
  };
  return createPrivateApp({ metrics, readiness });
}

/**
 * Opens the private port of a process that has no ingest, which has one of its own. Where several run on one machine by one
 * config, the first has the port: the others say so, and do their work without. A port that was asked for by name must be free.
 */
export async function openPrivatePort(
  context: Pick<Context, 'config' | 'state' | 'logger' | 'metrics'>,
  isOnLog: () => boolean,
  asked: number | undefined,
): Promise<Listening | null> {
  const { privateHost, privatePort } = context.config.ingest;
  try {
    return await listen(createHealthApp(context, isOnLog), privateHost, asked ?? privatePort);
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    if (asked !== undefined)
      throw new SyncError('USAGE', `Cannot listen on the private port ${asked}: another process has it`);
    context.logger.warn(
      { port: privatePort },
      'the private port is taken: nobody can ask this process how it is; give it one with --private-port',
    );
    return null;
  }
}
