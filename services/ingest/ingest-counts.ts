/** What came of webhooks, by pair, for the metrics page. */
export type IngestCounts = {
  readonly add: (pair: string, result: string) => void;
  readonly of: (pair: string, result: string) => number;
  readonly text: () => string;
};

export function createIngestCounts(): IngestCounts {
  const counts = new Map<string, number>();
  return {
    add: (pair, result) => {
      const key = keyOf(pair, result);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    of: (pair, result) => counts.get(keyOf(pair, result)) ?? 0,
    text: () =>
      [
        '# HELP lockstep_ingest_webhooks_total Webhooks that came in, by what became of them',
        '# TYPE lockstep_ingest_webhooks_total counter',
        ...[...counts].map(([key, count]) => `lockstep_ingest_webhooks_total${key} ${count}`),
      ].join('\n'),
  };
}

// Pair names and results hold no character that would need escaping.
function keyOf(pair: string, result: string): string {
  return `{pair="${pair}",result="${result}"}`;
}
