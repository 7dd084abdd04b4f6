import { randomFillSync } from 'node:crypto';

/** A number in [0, 1). Handed in everywhere, so that a seed replays a history. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();

/** A pseudo-random generator (mulberry32) whose numbers depend on the seed alone. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** 128 random bits as hex, from `random` if given (replayable), else from the system's generator. */
export function randomId(random?: Random): string {
  if (random === undefined) return randomFillSync(Buffer.alloc(16)).toString('hex');
  return Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
