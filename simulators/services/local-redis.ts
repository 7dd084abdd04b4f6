import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, freePort, isThere, untilListening } from './processes.ts';

/** A Redis server that may be killed and started again: it then holds what was there at the last SAVE. */
export type RunningRedis = {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Why Redis cannot be run here; null when it can. */
export async function whyNoLocalRedis(): Promise<string | null> {
  return (await isThere('redis-server', '--version')) ? null : 'redis-server is not installed';
}

/** A server on a free port. What it holds is on disk only after SAVE, so a kill forgets what came since. */
export async function startLocalRedis(): Promise<RunningRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    server = spawn('redis-server', args, { stdio: 'ignore' });
    await untilListening(port, 10_000, server);
  }
  async function kill(): Promise<void> {
    if (server !== null) await end(server, 'SIGKILL');
  }
  await start();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
