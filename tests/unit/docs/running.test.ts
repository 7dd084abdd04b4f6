import { expect, test } from 'vitest';

import { NOT_CARRIED } from '#libs/planning/not-carried.ts';
import type { ParkReason } from '#libs/planning/plan-types.ts';
import { SYNC_ERRORS } from '#libs/runtime/sync-error.ts';
import { CAUSES, NO_DRIFT } from '../../../services/reconciler/find-cause.ts';
import { readPage, tableBelow } from './pages.ts';

// A reason that is missing here does not compile; one that is missing on the page fails below.
const PARK_REASONS = {
  ambiguous: true,
  unlinked: true,
  'target-missing': true,
  'unmapped-value': true,
  'impossible-transition': true,
  'parent-missing': true,
  'total-differs': true,
  doubled: true,
  refused: true,
  failed: true,
  'not-stored': true,
  unsupported: true,
  undecodable: true,
} satisfies Record<ParkReason, true>;

function byText(a = '', b = ''): number {
  return a.localeCompare(b);
}

const page = await readPage('docs/running.md');

test('docs/running.md explains each error code once, with what becomes of it', () => {
  const explained = tableBelow(page, 'Error codes').map(([code = '', kind]) => `${code} ${kind}`);
  const thrown = Object.entries(SYNC_ERRORS).map(([code, { disposition }]) => `\`${code}\` ${disposition}`);

  expect(explained.toSorted(byText)).toEqual(thrown.toSorted(byText));
});

test('docs/running.md explains each reason for which something is parked', () => {
  const explained = tableBelow(page, 'Why something is parked').map(([reason]) => reason);

  expect(explained.toSorted(byText)).toEqual(
    Object.keys(PARK_REASONS)
      .map((reason) => `\`${reason}\``)
      .toSorted(byText),
  );
});

test('docs/running.md explains each cause, and which of them are no drift', () => {
  const rows = tableBelow(page, 'What a comparison calls the cause');

  expect(rows.map(([cause]) => cause).toSorted(byText)).toEqual(CAUSES.map((cause) => `\`${cause}\``).toSorted(byText));
  const saysNoDrift = rows.filter(([, , what = '']) => /No drift|counted apart/.test(what)).map(([cause]) => cause);
  expect(new Set(saysNoDrift)).toEqual(new Set([...NO_DRIFT].map((cause) => `\`${cause}\``)));
});

test('no explanation is left empty', () => {
  const rows = ['Error codes', 'Why something is parked', 'What a comparison calls the cause'].flatMap((heading) =>
    tableBelow(page, heading),
  );

  expect(rows.filter((row) => row.some((cell) => cell === ''))).toEqual([]);
});

test('docs/running.md and README name everything that is never carried', async () => {
  const readme = await readPage('README.md');
  const [section = ''] = (page.text.split('\n## What is never carried\n')[1] ?? '').split('\n## ');

  for (const what of NOT_CARRIED) {
    expect(section).toContain(what);
    expect(readme.text).toContain(what);
  }
});
