import { findRunning } from '#libs/event-log/lock.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { callControl } from '#libs/runtime/control-socket.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { openContext } from './context.ts';
import type { Handler, HandlerCall } from './handler.ts';
import { HANDLERS } from './handlers.ts';
import type { Io } from './io.ts';

/**
 * Has something done by the process that runs on the config's data folder; where none runs, takes the folder and does it here.
 * The caller says what the result looks like: both ends are of one version.
 */
export async function call<R>(
  config: LoadedConfig,
  io: Io,
  name: string,
  args: unknown,
  tell: (progress: unknown) => void = () => {},
): Promise<R> {
  // On a cluster the verbs change what all processes see: facts, and the log. Nobody has to be asked.
  const running = config.cluster === null ? findRunning(config.dataDir) : null;
  if (running !== null && running.socket !== null) {
    const answer = await callControl(running.socket, { name, args }, tell);
    if (answer !== null) return answer.result as R;
  }
  await using context = await openContext(config, io);
  return (await handle(name, args, { ...context, running: null }, { tell, signal: io.signal })) as R;
}

/** Runs a handler by its name. */
export function handle(
  name: string,
  args: unknown,
  runtime: Parameters<Handler>[1],
  control: HandlerCall,
): Promise<unknown> {
  const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined;
  if (handler === undefined)
    throw new SyncError('USAGE', `Cannot do "${name}": the running process is of another version and does not know it`);
  return handler(args, runtime, control);
}
