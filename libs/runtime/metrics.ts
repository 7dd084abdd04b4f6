import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

type MetricSpec = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in the metric's own unit. */
  readonly buckets?: readonly number[];
};

const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const AGE_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
const BATCH_CHANGES = [1, 2, 5, 10, 25, 50, 100, 250];

/**
 * Every metric of Lockstep's own, by Prometheus' conventions: base units, `_total` on what only grows. `docs/metrics.md` explains
 * each; a test holds the two together. Labels name pairs, partitions, results and causes: never an entity, and nothing of people.
 */
export const METRICS = {
  lockstep_ingest_webhooks_total: {
    type: 'counter',
    help: 'Webhooks that came in, by what became of them',
    labels: ['pair', 'result'],
  },
  lockstep_ingest_spooled: { type: 'gauge', help: 'Webhooks that wait in the spool for the log', labels: [] },
  lockstep_ingest_log_well: { type: 'gauge', help: 'Whether the log takes webhooks', labels: [] },
  lockstep_changes_total: {
    type: 'counter',
    help: 'Changes that came to an end, by how they ended',
    labels: ['pair', 'outcome'],
  },
  lockstep_change_age_seconds: {
    type: 'histogram',
    help: 'From when a change was first heard of until its outcome stood on the journal',
    labels: ['pair'],
    buckets: AGE_SECONDS,
  },
  lockstep_batch_changes: {
    type: 'histogram',
    help: 'Changes that were worked off together',
    labels: ['pair'],
    buckets: BATCH_CHANGES,
  },
  lockstep_store_calls_total: {
    type: 'counter',
    help: 'What was asked of a shop, by kind and result',
    labels: ['pair', 'side', 'call', 'result'],
  },
  lockstep_store_call_duration_seconds: {
    type: 'histogram',
    help: 'How long a shop took, waiting for the budget included',
    labels: ['pair', 'side', 'result'],
    buckets: CALL_SECONDS,
  },
  lockstep_lag_changes: {
    type: 'gauge',
    help: 'Changes on the log that are not settled',
    labels: ['pair', 'partition'],
  },
  lockstep_lag_seconds: {
    type: 'gauge',
    help: 'Age of the oldest change that is not settled',
    labels: ['pair', 'partition'],
  },
  lockstep_delayed_changes: { type: 'gauge', help: 'Looks that are to come later', labels: ['pair'] },
  lockstep_parked: { type: 'gauge', help: 'What is set aside for a person', labels: ['pair', 'reason'] },
  lockstep_holds: { type: 'gauge', help: 'Holds on a pair or a field of it', labels: ['pair'] },
  lockstep_alarms: { type: 'gauge', help: 'Alarms that stand', labels: ['pair'] },
  lockstep_store_well: {
    type: 'gauge',
    help: 'Whether a shop answers: 0 while its breaker is open',
    labels: ['pair', 'side'],
  },
  lockstep_budget_left_ratio: { type: 'gauge', help: 'What is left of a shop’s rate budget', labels: ['pair', 'side'] },
  lockstep_drift: {
    type: 'gauge',
    help: 'What the last comparison found, by cause',
    labels: ['pair', 'cause'],
  },
  lockstep_last_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last full comparison ended',
    labels: ['pair'],
  },
  lockstep_last_sweep_timestamp_seconds: { type: 'gauge', help: 'When the last sweep ended', labels: ['pair'] },
} as const satisfies Record<string, MetricSpec>;

type NameOf<T extends MetricSpec['type']> = {
  [N in keyof typeof METRICS]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[keyof typeof METRICS];
export type LabelsOf<N extends keyof typeof METRICS> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>;

/** Told once for each value that a gauge has now. */
export type SetGauge = <N extends NameOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number) => void;

/** What a process counts and measures. */
export type Metrics = {
  readonly add: <N extends NameOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number) => void;
  readonly observe: <N extends NameOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number) => void;
  /**
   * Asked whenever the page is: it tells what is the case then. What it told before is forgotten. A reader that fails tells nothing,
   * and the rest of the page stands.
   */
  readonly onRead: (read: (set: SetGauge) => void | Promise<void>) => void;
  /** The page that Prometheus reads. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
};

/** A registry of its own; with `process`, what Node.js tells of itself as well (`process_*`, `nodejs_*`). */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process === true) collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, spec] of Object.entries<MetricSpec>(METRICS)) {
    const common = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
    if (spec.type === 'counter') counters.set(name, new Counter(common));
    else if (spec.type === 'gauge') gauges.set(name, new Gauge(common));
    else histograms.set(name, new Histogram({ ...common, buckets: [...(spec.buckets ?? [])] }));
  }
  const readers: ((set: SetGauge) => void | Promise<void>)[] = [];

  async function readGauges(): Promise<void> {
    const told: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[] =
      [];
    const set: SetGauge = (name, labels, value) => told.push({ name, labels, value });
    await Promise.allSettled(readers.map(async (read) => read(set)));
    for (const [name, gauge] of gauges) {
      gauge.reset();
      // One without labels would otherwise say 0 where nobody told anything.
      if (METRICS[name as NameOf<'gauge'>].labels.length === 0) gauge.remove({});
    }
    for (const { name, labels, value } of told) gauges.get(name)?.set({ ...labels }, value);
  }

  // Two readers of the page at once would see each other's gauges half set.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    add: (name, labels, by = 1) => counters.get(name)?.inc({ ...labels }, by),
    observe: (name, labels, value) => histograms.get(name)?.observe({ ...labels }, value),
    onRead: (read) => void readers.push(read),
    text() {
      const mine = turn.then(readGauges).then(() => registry.metrics());
      turn = mine.catch(() => undefined);
      return mine;
    },
    contentType: registry.contentType,
  };
}
