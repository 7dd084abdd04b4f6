import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { findRunning } from '#libs/event-log/lock.ts';
import { cliFolder, runIn } from './cli-harness.ts';

// Each command opens log and state on the disk, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let folder: Awaited<ReturnType<typeof cliFolder>>;
beforeEach(async () => {
  folder = await cliFolder();
});
afterEach(() => folder.remove());

test('a running process does what other verbs ask, is not started twice, and ends well', async () => {
  const stopping = new AbortController();
  const running = runIn(folder.cwd, ['start'], { signal: stopping.signal });
  await vi.waitFor(async () => {
    expect(findRunning(`${folder.cwd}/.lockstep`)?.socket).toBeTypeOf('string');
    expect((await folder.run('pause')).code).toBe(0);
  }, 30_000);

  const status = await folder.run('status');
  const second = await folder.run('start');
  stopping.abort(new Error('SIGTERM'));
  const ended = await running;
  const after = await folder.run('status');

  expect(status.out).toContain('HELD since');
  expect(second).toMatchObject({ code: 2, err: expect.stringContaining('runs on it since') });
  expect(ended.code).toBe(0);
  expect(ended.err).toContain('waits for its old shop');
  expect(ended.err).not.toContain('cs_12345678');
  expect(after.out).toContain('HELD since');
  expect(findRunning(`${folder.cwd}/.lockstep`)).toBeNull();
});

test.each([
  ['--port', 'the port'],
  ['--private-port', 'the private port'],
])('a value of %s that is no port is refused', async (option, what) => {
  const { code, err } = await folder.run('start', 'ingest', option, '65536');

  expect(err).toContain(`Cannot use "65536" as ${what}: it is a number up to 65535`);
  expect(code).toBe(2);
});
