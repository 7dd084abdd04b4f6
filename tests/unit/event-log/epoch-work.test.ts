import { expect, test } from 'vitest';

import { createEpochWork } from '#libs/event-log/epoch-work.ts';
import type { LogCall } from '#libs/event-log/log-tables.ts';
import { systemClock } from '#libs/runtime/clock.ts';

/** An epoch whose commits are answered when the test says so, and always that it is held. */
function openWork() {
  const answered = Promise.withResolvers<boolean>();
  const asked = Promise.withResolvers<void>();
  const lost: number[] = [];
  const call = (() => {
    asked.resolve();
    return answered.promise;
  }) as unknown as LogCall;
  const work = createEpochWork({
    claim: { pair: 'acme', partition: 0, generation: 7, committed: 0, begun: null, gap: false },
    handlers: {
      onAssigned: () => {},
      onNews: () => true,
      onLost: ({ generation }) => void lost.push(generation),
      onGap: () => {},
    },
    batchMax: 10,
    call,
    clock: systemClock,
    onLost: () => {},
  });
  return { work, lost, asked: asked.promise, answer: () => answered.resolve(true) };
}

test('a commit that was taken in time, and answered after the end of its epoch, gives no right to send', async () => {
  const { work, lost, asked, answer } = openWork();
  const begun = work.begin(3);
  await asked;

  work.end({ tell: true });
  answer();

  expect(await begun).toBe('lost');
  expect(lost).toEqual([7]);
});

test('one that was answered within its epoch does', async () => {
  const { work, answer } = openWork();
  const begun = work.begin(3);

  answer();

  expect(await begun).toBe('held');
});
