import { expect, test } from 'vitest';

import type { EventLog } from '#libs/event-log/event-log.ts';
import { withOutcomeMetrics } from '#libs/journal/with-outcome-metrics.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { createMetrics } from '#libs/runtime/metrics.ts';

const clock = { ...systemClock, now: () => 10_000 };
const record = {
  v: 1,
  type: 'batch',
  at: 10_000,
  outcomes: [
    { offset: 1, root: 'product:1', outcome: 'applied', receivedAt: 9_600 },
    { offset: 2, root: 'product:2', outcome: 'delayed', receivedAt: 1_000 },
    { offset: 3, root: 'product:1', outcome: 'coalesced', receivedAt: 9_900 },
  ],
};

function logThat(appendJournal: EventLog['appendJournal']): EventLog {
  return { appendJournal } as EventLog;
}

test('each end is counted, and the age of what came to its end', async () => {
  const metrics = createMetrics();
  const log = withOutcomeMetrics(
    logThat(() => Promise.resolve()),
    metrics,
    clock,
  );

  await log.appendJournal([
    { pair: 'acme', partition: 0, record },
    { pair: 'acme', partition: 0, record: { v: 1, type: 'before', at: 1 } },
  ]);

  const page = await metrics.text();
  for (const outcome of ['applied', 'delayed', 'coalesced'])
    expect(page).toContain(`lockstep_changes_total{pair="acme",outcome="${outcome}"} 1`);
  expect(page).toContain('lockstep_batch_changes_sum{pair="acme"} 3');
  expect(page).toContain('lockstep_batch_changes_count{pair="acme"} 1');
  expect(page).toContain('lockstep_change_age_seconds_count{pair="acme"} 2');
  expect(page).toContain('lockstep_change_age_seconds_sum{pair="acme"} 0.5');
});

test('what the journal did not take is not counted', async () => {
  const metrics = createMetrics();
  const log = withOutcomeMetrics(
    logThat(() => Promise.reject(new Error('away'))),
    metrics,
    clock,
  );

  await expect(log.appendJournal([{ pair: 'acme', partition: 0, record }])).rejects.toThrow('away');
  expect(await metrics.text()).not.toContain('lockstep_changes_total{');
});
