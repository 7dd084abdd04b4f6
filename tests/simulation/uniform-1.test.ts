import { expect, test } from 'vitest';

import { failures } from './failures.ts';
import { UNIFORM } from './profiles.ts';

// The thousand histories of CI are in two files, so that they run side by side.
test('in histories 1 to 500 of every kind of fault all ends right, and each call was once the last of a process', async () => {
  const [passed, deaths] = [new Set<string>(), new Set<string>()];

  const failed = await failures(UNIFORM, { from: 1, to: 500 }, (history) => {
    for (const place of history.passed) passed.add(place);
    for (const place of history.deaths) deaths.add(place);
  });

  expect(failed).toEqual([]);
  // The store's own time is asked once in the life of a pair, before any fault is due.
  const alive = [...passed.difference(deaths)].filter((place) => !place.includes('source.storeTime'));
  expect(alive).toEqual([]);
}, 600_000);
