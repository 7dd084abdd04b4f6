import { Hono } from 'hono';

import { isErrno } from '#libs/runtime/data-dir.ts';
import type { Listening } from '../services/ingest/listen.ts';
import { listen } from '../services/ingest/listen.ts';
import type { Context } from './context.ts';

/** How a process without ingest is: it is ready once it has reached the log, and while the state store answers. */
export function createHealthApp(state: Pick<Context['state'], 'getNote'>, isOnLog: () => boolean): Hono {
  const app = new Hono();
  app.get('/health/live', (c) => c.json({ live: true }));
  app.get('/health/ready', async (c) => {
    const log = isOnLog() ? 'well' : 'waiting';
    const answers = await state.getNote('health').then(
      () => 'well',
      () => 'ill',
    );
    const ready = log === 'well' && answers === 'well';
    return c.json({ ready, log, state: answers }, ready ? 200 : 503);
  });
  return app;
}

/**
 * Opens the private port of a process that has no ingest, which has one of its own. Where several run on one machine by one
 * config, the first has the port: the others say so, and do their work without.
 */
export async function openPrivatePort(
  { config, state, logger }: Pick<Context, 'config' | 'state' | 'logger'>,
  isOnLog: () => boolean,
): Promise<Listening | null> {
  const { privateHost, privatePort } = config.ingest;
  try {
    return await listen(createHealthApp(state, isOnLog), privateHost, privatePort);
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    logger.warn({ port: privatePort }, 'the private port is taken: nobody can ask this process how it is');
    return null;
  }
}
