import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { callControl, controlSocketPath, serveControl } from '#libs/runtime/control-socket.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

let folder = '';
let open: { close: () => Promise<void> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-socket-'));
  open = [];
});
afterEach(async () => {
  for (const one of open) await one.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(handle: Parameters<typeof serveControl>[1]): Promise<string> {
  const path = controlSocketPath(folder);
  open.push(await serveControl(path, handle));
  return path;
}

test('the answer comes back, and progress before it', async () => {
  const path = await serve((name, args, { tell }) => {
    tell({ done: 1 });
    return Promise.resolve({ name, args });
  });
  const progress: unknown[] = [];

  const answer = await callControl(path, { name: 'pause', args: { pair: 'acme' } }, (one) => progress.push(one));

  expect(answer).toEqual({ result: { name: 'pause', args: { pair: 'acme' } } });
  expect(progress).toEqual([{ done: 1 }]);
});

test('an error comes back with its code', async () => {
  const path = await serve(() => Promise.reject(new SyncError('PAIR_UNKNOWN', 'Cannot find the pair "x"')));

  await expect(callControl(path, { name: 'pause', args: {} })).rejects.toMatchObject({
    code: 'PAIR_UNKNOWN',
    message: 'Cannot find the pair "x"',
  });
});

test('an error comes back with the remedy that the running process knows', async () => {
  const hint = 'Ask again once the shop answers';
  const path = await serve(() => Promise.reject(new SyncError('STORE_FAILED', 'Cannot read', { hint })));

  await expect(callControl(path, { name: 'plan', args: {} })).rejects.toMatchObject({ code: 'STORE_FAILED', hint });
});

test('an error that only a newer process knows comes back with its remedy all the same', async () => {
  const error = Object.assign(new SyncError('USAGE', 'Cannot do it', { hint: 'Do that first' }), { code: 'NEWER' });
  const path = await serve(() => Promise.reject(error));

  const asking = callControl(path, { name: 'plan', args: {} });

  await expect(asking).rejects.toThrow('Cannot do it\n  → Do that first');
});

test('where nobody listens the answer is null, also when a dead process left its socket behind', async () => {
  const path = controlSocketPath(folder);

  expect(await callControl(path, { name: 'status', args: {} })).toBeNull();
  await writeFile(path, '');
  expect(await callControl(path, { name: 'status', args: {} })).toBeNull();
  expect(await callControl(await serve(() => Promise.resolve('here')), { name: 'status', args: {} })).toEqual({
    result: 'here',
  });
});

test('the handler hears that the asker has gone', async () => {
  const gone = Promise.withResolvers<boolean>();
  const path = await serve((_name, _args, { signal, tell }) => {
    tell('begun');
    signal.addEventListener('abort', () => gone.resolve(true), { once: true });
    return new Promise(() => {});
  });

  const asking = callControl(path, { name: 'reconcile', args: {} }, () => {
    throw new Error('The asker ends here');
  });

  await expect(asking).rejects.toThrow('The asker ends here');
  expect(await gone.promise).toBe(true);
});

test('nobody else on the machine can ask', async () => {
  const path = await serve(() => Promise.resolve(null));

  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a data folder whose path is too long for a socket gets one elsewhere, the same each time', () => {
  const long = join(folder, 'x'.repeat(120));

  expect(controlSocketPath(long).length).toBeLessThan(100);
  expect(controlSocketPath(long)).toBe(controlSocketPath(long));
  expect(controlSocketPath(long)).not.toBe(controlSocketPath(`${long}y`));
});
