import { expect, test } from 'vitest';

import { CI_MUTATIONS } from '../../scripts/mutations/mutations.ts';
import { tryMutations } from '../../scripts/mutations/try-mutations.ts';

// The quick part of `npm run mutations`. Its tests run without a mutation in this same gate, so that is not tried again here.
test('each promise that is taken out of the code is missed by a test', async () => {
  const tried = await tryMutations(CI_MUTATIONS, { parallel: 1, baseline: false });

  const unnoticed = tried
    .filter(({ result }) => result.kind !== 'noticed')
    .map(({ mutation, result }) => ({ id: mutation.id, ...result }));
  expect(unnoticed).toEqual([]);
  expect(tried).toHaveLength(CI_MUTATIONS.length);
}, 900_000);
