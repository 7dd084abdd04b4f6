import { expect, test } from 'vitest';

import { LANDING_MS, newsOf, openTestPair, quantityOf, type TestProcess, withQuantity } from '../../laws/harness.ts';
import { shelved } from '../../laws/shelf.ts';

test('an answer to begin that is heard late opens nothing: it is asked for again before anything is sent', async () => {
  let begun = 0;
  const begunAtCall: number[] = [];
  const pair = await openTestPair({
    log: (log, clock) => ({
      ...log,
      begin: async (...asked) => {
        begun += 1;
        const held = await log.begin(...asked);
        if (begun === 1) await clock.sleep(16_000);
        return held;
      },
    }),
    target: (target) => ({
      ...target,
      write: (patches, call) => {
        if (call.maySend()) begunAtCall.push(begun);
        return target.write(patches, call);
      },
    }),
  });
  pair.source.put(shelved('1', 'A', 3));
  pair.target.put(shelved('101', 'A', 9));
  await pair.start();

  await pair.hear(newsOf('product', '1'));

  expect(quantityOf(pair.ofTarget('101'))).toBe(3);
  expect(begunAtCall).toEqual([2]);
});

test('what was in work is looked at again when also a call has landed that its earlier owner sent after the take-over', async () => {
  let one: TestProcess | null = null;
  const pair = await openTestPair({
    // Half a minute until somebody takes over, ten seconds until the first owner hears of it, then as long as a call may take.
    target: (target, clock) => ({
      ...target,
      write: (patches, call) => {
        if (one === null) return target.write(patches, call);
        one.kill();
        one = null;
        clock.after(40_000 + LANDING_MS, () => void target.write(patches, { ...call, maySend: () => true }));
        return new Promise(() => {});
      },
    }),
  });
  pair.source.put(shelved('1', 'A', 3));
  pair.target.put(shelved('101', 'A', 9));
  one = await pair.start();
  await pair.publish(newsOf('product', '1'));
  await pair.pass(1_000);
  pair.source.put(withQuantity(shelved('1', 'A', 3), 2));
  await pair.start();

  await pair.pass(40_000 + LANDING_MS);
  expect(quantityOf(pair.ofTarget('101'))).toBe(3);
  await pair.quiet();

  expect(quantityOf(pair.ofTarget('101'))).toBe(2);
});
