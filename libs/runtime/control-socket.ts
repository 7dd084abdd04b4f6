import { createHash } from 'node:crypto';
import { chmod, unlink } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { z } from 'zod';

import { isErrno } from './data-dir.ts';
import type { SyncErrorCode } from './sync-error.ts';
import { isSyncError, SYNC_ERRORS, SyncError } from './sync-error.ts';

/** Does what another process asks for: `tell` sends progress before the answer; `signal` aborts when the asker has gone. */
export type ControlHandler = (
  name: string,
  args: unknown,
  call: { readonly tell: (progress: unknown) => void; readonly signal: AbortSignal },
) => Promise<unknown>;

const requestSchema = z.object({ name: z.string(), args: z.unknown() });
const answerSchema = z.union([
  z.object({ progress: z.unknown() }).strict(),
  z
    .object({ error: z.object({ code: z.string().nullable(), message: z.string(), hint: z.string().optional() }) })
    .strict(),
  z.object({ result: z.unknown().optional() }).strict(),
]);

// The system limits a socket's path to some 100 bytes.
const PATH_MAX = 100;

/** Where the process that runs on a data folder listens for the other verbs. */
export function controlSocketPath(dataDir: string): string {
  const path = join(dataDir, 'lockstep.sock');
  if (Buffer.byteLength(path) <= PATH_MAX) return path;
  return join(tmpdir(), `lockstep-${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}.sock`);
}

/** Opens the socket, for this user alone. The caller holds the folder's lock, so a socket that lies there is a dead one's. */
export async function serveControl(
  path: string,
  handle: ControlHandler,
): Promise<{ readonly close: () => Promise<void> }> {
  await removeSocket(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveOne(socket, handle);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await removeSocket(path);
    },
  };
}

/**
 * Asks the running process. Null when none listens there.
 *
 * @throws {SyncError} what the handler threw, with its code and its remedy.
 */
export async function callControl(
  path: string,
  request: { readonly name: string; readonly args: unknown },
  onProgress: (progress: unknown) => void = () => {},
): Promise<{ readonly result: unknown } | null> {
  const socket = await connect(path);
  if (socket === null) return null;
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) {
      const answer = answerSchema.parse(JSON.parse(line));
      if ('progress' in answer) onProgress(answer.progress);
      else if ('error' in answer) throw toError(answer.error);
      else return { result: answer.result };
    }
  } finally {
    socket.destroy();
  }
  throw new SyncError('LOG_UNAVAILABLE', `Cannot hear the answer to "${request.name}": the running process ended`);
}

function serveOne(socket: Socket, handle: ControlHandler): void {
  const gone = new AbortController();
  const send = (answer: unknown) => {
    if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
  };
  const answer = async (line: string): Promise<void> => {
    try {
      const { name, args } = requestSchema.parse(JSON.parse(line));
      send({ result: await handle(name, args, { tell: (progress) => send({ progress }), signal: gone.signal }) });
    } catch (error) {
      const message = error instanceof Error ? error.message : 'failed';
      const told = isSyncError(error) ? { code: error.code, hint: error.hint } : { code: null };
      send({ error: { ...told, message } });
    }
    socket.end();
  };
  socket.on('error', () => gone.abort());
  socket.on('close', () => gone.abort());
  createInterface({ input: socket }).once('line', (line) => void answer(line));
}

function connect(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => {
      if (isErrno(error, 'ENOENT') || isErrno(error, 'ECONNREFUSED')) resolve(null);
      else reject(error);
    });
  });
}

type ToldError = { readonly code: string | null; readonly message: string; readonly hint?: string | undefined };

// The remedy is the running process' own: it may be of another version, and know more codes than this one.
function toError({ code, message, hint }: ToldError): Error {
  if (code !== null && isCode(code)) return new SyncError(code, message, hint === undefined ? {} : { hint });
  return new Error(hint === undefined ? message : `${message}\n  → ${hint}`);
}

function isCode(code: string): code is SyncErrorCode {
  return Object.hasOwn(SYNC_ERRORS, code);
}

async function removeSocket(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
}
