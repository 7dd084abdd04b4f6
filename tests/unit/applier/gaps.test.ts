import { expect, test } from 'vitest';

import { listOpenAlarms } from '#libs/facts/alarms.ts';
import { newsOf, openTestPair, START, type TestPair } from '../../laws/harness.ts';

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
