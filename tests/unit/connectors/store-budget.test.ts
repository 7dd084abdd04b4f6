import { describe, expect, test } from 'vitest';

import { createBudget, createLimiter } from '#libs/connectors/store-budget.ts';
import type { Priority } from '#libs/connectors/store-connector.ts';
import { createFakeClock, settled } from './fake-clock.ts';

const signal = new AbortController().signal;

/** A bucket that holds `left` and gains one every 100 ms of the clock. */
function open(left: number) {
  const clock = createFakeClock();
  const asked: number[] = [];
  const told: number[] = [];
  let level = left;
  let at = 0;
  let broken = false;
  const budget = createBudget({
    clock,
    bucket: 'acme:source',
    limit: { capacity: 10, perSecond: 10 },
    state: {
      async takeBudget(_bucket, cost) {
        await Promise.resolve();
        if (broken) throw new Error('state is down');
        asked.push(cost);
        level = Math.min(10, level + (clock.monotonic() - at) / 100);
        at = clock.monotonic();
        if (level < cost) return (cost - level) * 100;
        level -= cost;
        return 0;
      },
      setBudget(_bucket, to) {
        told.push(to);
        level = to;
        at = clock.monotonic();
        return Promise.resolve();
      },
    },
  });
  const served: string[] = [];
  const take = (name: string, priority: Priority, cost = 1, abort = signal): Promise<void> =>
    budget.take(cost, priority, abort).then(() => void served.push(name));
  return { budget, clock, asked, told, served, take, breakState: () => void (broken = true) };
}

describe('createBudget()', () => {
  test('lets through what the bucket holds, and the rest as it fills', async () => {
    const { take, served, clock } = open(2);

    const all = Promise.all([take('a', 'change'), take('b', 'change'), take('c', 'change')]);
    await settled();
    expect(served).toEqual(['a', 'b']);
    await clock.advance(100);
    await all;

    expect(served).toEqual(['a', 'b', 'c']);
  });

  test('serves changes before the sweep and the sweep before the comparison, else who came first', async () => {
    const { take, served, clock } = open(0);

    const all = Promise.all([
      take('compare', 'compare'),
      take('sweep 1', 'sweep'),
      take('sweep 2', 'sweep'),
      take('change', 'change'),
    ]);
    await clock.advance(1000);
    await all;

    expect(served).toEqual(['change', 'sweep 1', 'sweep 2', 'compare']);
  });

  test('a change overtakes what waits already', async () => {
    const { take, served, clock } = open(0);
    const first = take('compare', 'compare', 5);
    await clock.advance(100);

    const second = take('change', 'change', 1);
    await clock.advance(2000);
    await Promise.all([first, second]);

    expect(served).toEqual(['change', 'compare']);
  });

  test('sends nothing before a back-off has passed, and empties the shared bucket', async () => {
    const { budget, take, served, clock, told } = open(10);

    budget.backOff(3000);
    const taken = take('a', 'change');
    await clock.advance(2999);
    expect(served).toEqual([]);
    expect(told).toEqual([0]);
    await clock.advance(200);
    await taken;

    expect(served).toEqual(['a']);
  });

  test('a shorter back-off does not shorten a longer one', async () => {
    const { budget, take, served, clock } = open(10);

    budget.backOff(3000);
    budget.backOff(10);
    const taken = take('a', 'change');
    await clock.advance(2000);
    expect(served).toEqual([]);
    await clock.advance(2000);
    await taken;

    expect(served).toEqual(['a']);
  });

  test('asks for no more than the bucket can ever hold', async () => {
    const { budget, take, asked } = open(10);

    await take('a', 'change', 50);
    budget.report(4, 4, 1);
    await take('b', 'change', 50);

    expect(asked).toEqual([10, 4]);
  });

  test('one who gave up is not served, and those behind are', async () => {
    const { take, served, clock } = open(0);
    const leaving = new AbortController();
    const left = take('left', 'change', 1, leaving.signal);
    const stayed = take('stayed', 'change');

    leaving.abort(new Error('gave up'));
    await expect(left).rejects.toThrow('gave up');
    await clock.advance(1000);
    await stayed;

    expect(served).toEqual(['stayed']);
    await expect(take('late', 'change', 1, leaving.signal)).rejects.toThrow('gave up');
  });

  test('sleeps for nobody once all who waited gave up, and serves who comes then', async () => {
    const { budget, take, served, clock } = open(10);
    const leaving = new AbortController();
    budget.backOff(600_000);
    const left = take('left', 'change', 1, leaving.signal);
    await settled();

    leaving.abort(new Error('gave up'));
    await expect(left).rejects.toThrow('gave up');
    await settled();
    expect(clock.timers()).toBe(0);
    const taken = take('a', 'change');
    await clock.advance(601_000);
    await taken;

    expect(served).toEqual(['a']);
  });

  test('fails for its caller when the state store does', async () => {
    const { take, breakState } = open(10);
    breakState();

    await expect(take('a', 'change')).rejects.toThrow('state is down');
  });
});

describe('createLimiter()', () => {
  test('runs no more than its number at a time, the next by priority', async () => {
    const limit = createLimiter(1);
    const first = Promise.withResolvers<void>();
    const ran: string[] = [];
    const run = (name: string, priority: Priority, until?: Promise<void>): Promise<void> =>
      limit(
        async () => {
          ran.push(name);
          await until;
        },
        priority,
        signal,
      );

    const all = Promise.all([
      run('first', 'compare', first.promise),
      run('compare', 'compare'),
      run('change', 'change'),
    ]);
    await settled();
    expect(ran).toEqual(['first']);
    first.resolve();
    await all;

    expect(ran).toEqual(['first', 'change', 'compare']);
  });

  test('a failed run frees its place, and one who gave up holds none', async () => {
    const limit = createLimiter(1);
    const leaving = new AbortController();
    const first = Promise.withResolvers<void>();
    const failed = limit(
      async () => {
        await first.promise;
        throw new Error('failed');
      },
      'change',
      signal,
    );
    const left = limit(() => Promise.resolve('left'), 'change', leaving.signal);
    const next = limit(() => Promise.resolve('next'), 'change', signal);

    leaving.abort(new Error('gave up'));
    first.resolve();

    await expect(left).rejects.toThrow('gave up');
    await expect(failed).rejects.toThrow('failed');
    await expect(next).resolves.toBe('next');
    await expect(limit(() => Promise.resolve('later'), 'change', signal)).resolves.toBe('later');
  });
});
