import { expect, test } from 'vitest';

import { listOpenAlarms } from '#libs/facts/alarms.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { newsOf, openTestPair, type PairOptions, START, type TestPair } from '../../laws/harness.ts';

async function alarmsOf(pair: TestPair): Promise<readonly string[]> {
  return (await pair.soon(listOpenAlarms(pair.facts, 'acme'))).map(({ id }) => id);
}

test('news that went before anybody consumed is an alarm, which a full comparison answers', async () => {
  const pair = await openTestPair();
  await pair.publish(newsOf('product', '1'));
  await pair.pass(1_000);
  await pair.soon(pair.log.trim('acme', START + 500));

  await pair.start();
  await pair.quiet();

  expect(await alarmsOf(pair)).toEqual(['gap:0']);
});

test('news that went while the applier stood still is an alarm, and what came after it is applied', async () => {
  const pair = await openTestPair();
  const one = await pair.start();
  await pair.hear(newsOf('product', '1'));
  one.freeze();
  await pair.publish(newsOf('product', '2'));
  await pair.pass(1_000);
  await pair.soon(pair.log.trim('acme', pair.clock.now()));
  await pair.publish(newsOf('product', '3'));

  one.thaw();
  await pair.quiet();

  expect(await alarmsOf(pair)).toEqual(['gap:0']);
  // The outcome of the first went with it.
  expect((await pair.outcomes()).map(({ root }) => root)).toEqual(['product:3']);
});

test('without a gap nothing alarms', async () => {
  const pair = await openTestPair();
  await pair.start();

  await pair.hear(newsOf('product', '1'));

  expect(await alarmsOf(pair)).toEqual([]);
});

/** A log on which alarms take five seconds to be durable, or fail, for as long as it is told so. */
function withTrouble(trouble: { kind: 'slow' | 'failing' | null }): Pick<PairOptions, 'log'> {
  return {
    log: (log, clock) => ({
      ...log,
      async appendFacts(facts, options) {
        if (trouble.kind !== null && facts.some(({ kind }) => kind === 'alarm')) {
          if (trouble.kind === 'failing') throw new SyncError('LOG_UNAVAILABLE', 'Cannot reach the log: simulated');
          await clock.sleep(5_000);
        }
        return log.appendFacts(facts, options);
      },
    }),
  };
}

async function lose(pair: TestPair): Promise<void> {
  await pair.publish(newsOf('product', '1'));
  await pair.pass(1_000);
  await pair.soon(pair.log.trim('acme', pair.clock.now()));
  await pair.publish(newsOf('product', '2'));
}

test('nothing after a gap is committed before its alarm is durable: who takes over meets the same gap', async () => {
  const trouble: Parameters<typeof withTrouble>[0] = { kind: 'slow' };
  const pair = await openTestPair(withTrouble(trouble));
  await lose(pair);
  const one = await pair.start();
  await pair.pass(2_000);
  one.kill();
  trouble.kind = null;

  await pair.start();
  await pair.quiet();

  expect(await alarmsOf(pair)).toEqual(['gap:0']);
});

test('an alarm that cannot be written down is written later, and the news waits for it', async () => {
  const trouble: Parameters<typeof withTrouble>[0] = { kind: 'failing' };
  const pair = await openTestPair(withTrouble(trouble));
  await lose(pair);
  await pair.start();
  await pair.pass(10_000);
  expect(await pair.outcomes()).toEqual([]);
  trouble.kind = null;

  await pair.quiet();

  expect(await alarmsOf(pair)).toEqual(['gap:0']);
  expect((await pair.outcomes()).map(({ root }) => root)).toEqual(['product:2']);
});
