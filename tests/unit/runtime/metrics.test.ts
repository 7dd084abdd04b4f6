import { expect, test } from 'vitest';

import { createMetrics } from '#libs/runtime/metrics.ts';

test('counters and histograms are told by their labels', async () => {
  const metrics = createMetrics();
  metrics.add('lockstep_changes_total', { pair: 'acme', outcome: 'applied' });
  metrics.add('lockstep_changes_total', { pair: 'acme', outcome: 'applied' }, 2);
  metrics.observe('lockstep_change_age_seconds', { pair: 'acme' }, 0.4);

  const page = await metrics.text();

  expect(page).toContain('lockstep_changes_total{pair="acme",outcome="applied"} 3');
  expect(page).toContain('lockstep_change_age_seconds_bucket{le="0.5",pair="acme"} 1');
  expect(page).toContain('lockstep_change_age_seconds_bucket{le="0.25",pair="acme"} 0');
});

test('a gauge tells what is the case now: what was told before is gone', async () => {
  const metrics = createMetrics();
  let parked: readonly string[] = ['refused', 'failed'];
  metrics.onRead((set) => {
    for (const reason of parked) set('lockstep_parked', { pair: 'acme', reason }, 1);
  });
  await metrics.text();
  parked = ['failed'];

  const page = await metrics.text();

  expect(page).toContain('lockstep_parked{pair="acme",reason="failed"} 1');
  expect(page).not.toContain('refused');
});

test('a gauge that nobody told of says nothing, not 0', async () => {
  const page = await createMetrics().text();

  expect(page).not.toMatch(/^lockstep_ingest_log_well/m);
});

test('a reader that fails leaves the rest of the page standing', async () => {
  const metrics = createMetrics();
  metrics.onRead(() => Promise.reject(new Error('the log is away')));
  metrics.onRead((set) => set('lockstep_holds', { pair: 'acme' }, 1));

  expect(await metrics.text()).toContain('lockstep_holds{pair="acme"} 1');
});

test('what Node.js tells of itself is there when asked for', async () => {
  expect(await createMetrics({ process: true }).text()).toContain('process_cpu_seconds_total');
  expect(await createMetrics().text()).not.toContain('process_cpu_seconds_total');
});
