import { afterEach, beforeEach, expect, test } from 'vitest';

import { systemClock } from '#libs/runtime/clock.ts';

const warned: Error[] = [];
const listen = (warning: Error) => void warned.push(warning);
beforeEach(() => void process.on('warning', listen));
afterEach(() => {
  process.off('warning', listen);
  warned.length = 0;
});

test('what should have happened already happens at once, and nobody is warned of it', async () => {
  const happened = Promise.withResolvers<void>();

  await systemClock.sleep(-5);
  systemClock.after(-5, happened.resolve);
  await happened.promise;

  // Warnings are told on a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warned).toEqual([]);
});

test('a sleep ends with the reason it was aborted for', async () => {
  const stopping = new AbortController();
  const sleeping = systemClock.sleep(60_000, stopping.signal);

  stopping.abort(new Error('Stopping'));

  await expect(sleeping).rejects.toThrow('Stopping');
});
