import { describe, expect, test } from 'vitest';

import { first, withFates } from './faults.ts';
import { type TestProcess, LANDING_MS, newsOf, openTestPair, quantityOf, START, withQuantity } from './harness.ts';
import { shelved } from './shelf.ts';

const lostFor = (landsAfterMs: number | null) => withFates('write', first({ kind: 'lost', landsAfterMs }));

describe('law 3: never backwards for good', () => {
  test('an older value that lands after a newer one is found and put right', async () => {
    const pair = await openTestPair({ target: lostFor(100_000) });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(1_000);
    pair.source.put(shelved('1', 'A', 2));
    await pair.publish(newsOf('product', '1'));
    await pair.pass(30_000);
    expect(quantityOf(pair.ofTarget('101'))).toBe(2);

    await pair.pass(75_000);
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    await pair.quiet();

    expect(quantityOf(pair.ofTarget('101'))).toBe(2);
  });

  test('a call without an answer is made again, and looked at once more when it must have landed', async () => {
    const pair = await openTestPair({ target: lostFor(null) });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    const looks = (await pair.records()).flatMap((record) =>
      record.type === 'batch' ? record.outcomes.map(({ via, outcome }) => ({ via, outcome, at: record.at })) : [],
    );
    const look = looks.find(({ via }) => via === 'look');
    expect(look).toMatchObject({ outcome: 'unchanged' });
    expect(look?.at).toBeGreaterThanOrEqual(START + LANDING_MS);
  });

  test('what a killed owner had in work is looked at again after landing', async () => {
    let one: TestProcess | null = null;
    const pair = await openTestPair({
      // The call of the first owner is on its way when it dies; it lands when the second has long written a newer value.
      target: (target, clock) => ({
        ...target,
        write: (patches, call) => {
          if (one === null) return target.write(patches, call);
          one.kill();
          one = null;
          clock.after(100_000, () => void target.write(patches, { ...call, maySend: () => true }));
          return new Promise(() => {});
        },
      }),
    });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    one = await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(1_000);
    expect(one).toBeNull();
    pair.source.put(shelved('1', 'A', 2));
    await pair.start();

    await pair.pass(98_000);
    expect(quantityOf(pair.ofTarget('101'))).toBe(2);
    await pair.pass(2_000);
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    await pair.quiet();

    expect(quantityOf(pair.ofTarget('101'))).toBe(2);
  });

  test('a frozen owner that thaws sends nothing', async () => {
    const pair = await openTestPair();
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    const one = await pair.start();
    await pair.publish(newsOf('product', '1'));
    one.freeze();
    await pair.start();
    await pair.pass(60_000);
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    pair.target.put(withQuantity(pair.ofTarget('101'), 8));
    const before = pair.calls.length;

    one.thaw();
    await pair.pass(30_000);

    expect(pair.calls.length).toBe(before);
  });

  test('where the target compares and swaps, a value that moved in between is planned again', async () => {
    let raced = false;
    const pair = await openTestPair({
      compareAndSwap: true,
      target: (target) => ({
        ...target,
        write: async (patches, call) => {
          if (!raced) pair.target.put(withQuantity(pair.ofTarget('101'), 7));
          raced = true;
          return target.write(patches, call);
        },
      }),
    });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    const expected = pair.calls.flatMap((call) =>
      call.kind === 'write' ? call.patches.map(({ present }) => present.root === 'product' && quantityOf(present)) : [],
    );
    expect(expected).toEqual([9, 7]);
    expect(await pair.outcomes()).toEqual([expect.objectContaining({ outcome: 'applied' })]);
  });
});
