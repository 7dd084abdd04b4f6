import { expect, test } from 'vitest';

import { systemClock, type Clock } from '#libs/runtime/clock.ts';
import { openSendGate } from '../../../services/applier/send-gate.ts';
import { NOW, PAIR } from './inputs.ts';

const HALF = PAIR.timing.sessionMs / 2;

/** A gate whose two clocks the test moves apart. */
function aGate() {
  let [wall, monotonic] = [NOW, 500];
  const clock: Clock = { ...systemClock, now: () => wall, monotonic: () => monotonic };
  const ended = new AbortController();
  const epoch = { pair: 'acme', partition: 0, generation: 1, signal: ended.signal };
  return {
    gate: openSendGate({ clock, settings: PAIR }, epoch),
    pass: (wallMs: number, monotonicMs: number) => {
      wall += wallMs;
      monotonic += monotonicMs;
    },
    end: () => ended.abort(),
  };
}

test('is open for half a session time-out', () => {
  const { gate, pass } = aGate();
  expect([gate.maySend(), gate.expired()]).toEqual([true, false]);

  pass(HALF - 1, HALF - 1);
  expect([gate.maySend(), gate.expired()]).toEqual([true, false]);

  pass(1, 1);
  expect([gate.maySend(), gate.expired()]).toEqual([false, true]);
});

test('closes by the wall clock alone: a suspended machine’s other clock stood still', () => {
  const { gate, pass } = aGate();

  pass(HALF, 1);

  expect([gate.maySend(), gate.expired()]).toEqual([false, true]);
});

test('closes by the monotonic clock alone: the wall clock may be set back', () => {
  const { gate, pass } = aGate();

  pass(-3_600_000, HALF);

  expect([gate.maySend(), gate.expired()]).toEqual([false, true]);
});

test('closes with its epoch, without having expired', () => {
  const { gate, end } = aGate();

  end();

  expect([gate.maySend(), gate.expired()]).toEqual([false, false]);
});
