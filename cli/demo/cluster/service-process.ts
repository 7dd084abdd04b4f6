import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

import type { Clock } from '#libs/runtime/clock.ts';
import { MAIN } from './run-verb.ts';

/** A service that is started again whenever it ends, as whatever runs containers would. */
export type ServiceProcess = {
  readonly name: string;
  /** Resolves once the present process carries its pair; rejects when it is stopped before. */
  readonly running: () => Promise<void>;
  /** kill -9. It is started again. */
  readonly kill: () => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** SIGTERM, and how it ended: 0 where it ended well. */
  readonly stop: () => Promise<number | null>;
};

export type ServiceOptions = {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  readonly clock: Clock;
  /** It ended though nobody killed it. */
  readonly onFell: (how: string) => void;
};

const RESTART_MS = 500;
const STOP_MS = 30_000;
const RUNNING = '"msg":"running"';

type Life = { readonly child: ChildProcess; readonly running: Promise<void>; readonly ended: Promise<unknown> };

/** Starts `lockstep <argv>` as a process of its own. */
export function startService({ name, clock, onFell, ...options }: ServiceOptions): ServiceProcess {
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  let isKilled = false;
  let isStopped = false;
  let life = begin();

  function begin(): Life {
    return beginLife(options, {
      write: (text) => log.write(text),
      onEnd: (how) => void endedWith(how),
    });
  }

  async function endedWith(how: string): Promise<void> {
    if (isStopped) return;
    if (!isKilled) onFell(`${name} ended by itself (${how})`);
    isKilled = false;
    await clock.sleep(RESTART_MS);
    if (!isStopped) life = begin();
  }

  async function running(): Promise<void> {
    for (;;) {
      try {
        return await life.running;
      } catch (error) {
        if (isStopped) throw error;
        await clock.sleep(RESTART_MS / 5);
      }
    }
  }

  return {
    name,
    running,
    async kill() {
      isKilled = true;
      const { child, ended } = life;
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => void life.child.kill('SIGSTOP'),
    thaw: () => void life.child.kill('SIGCONT'),
    async stop() {
      isStopped = true;
      await endLife(life, clock);
      log.end();
      return life.child.exitCode;
    },
  };
}

function beginLife(
  { argv, cwd, env }: Pick<ServiceOptions, 'argv' | 'cwd' | 'env'>,
  { write, onEnd }: { readonly write: (text: string) => void; readonly onEnd: (how: string) => void },
): Life {
  // A group of its own: Ctrl-C is for the demo, which ends its processes in order.
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: [...stdio], detached: true });
  const running = Promise.withResolvers<void>();
  // It may end before anybody waits for it.
  running.promise.catch(() => undefined);
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    write(text);
    last = (last + text).slice(-4_000);
    if (last.includes(RUNNING)) running.resolve();
  });
  const ended = once(child, 'exit');
  child.once('exit', (code, signal) => {
    running.reject(new Error('It has ended'));
    onEnd(String(signal ?? code));
  });
  return { child, running: running.promise, ended };
}

async function endLife({ child, ended }: Life, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const patience = new AbortController();
  const killLate = clock.sleep(STOP_MS, patience.signal).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await ended;
  patience.abort();
  await killLate;
}
