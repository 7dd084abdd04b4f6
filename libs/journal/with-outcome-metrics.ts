import { z } from 'zod';

import type { EventLog } from '#libs/event-log/event-log.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';
import { outcomeSchema } from './journal-records.ts';

const batchSchema = z.object({
  type: z.literal('batch'),
  outcomes: z.array(z.object({ outcome: outcomeSchema, receivedAt: z.number() })),
});

/** The same log; what goes onto the journal as the end of changes is counted once it stands there. */
export function withOutcomeMetrics(log: EventLog, metrics: Metrics, clock: Clock): EventLog {
  return {
    ...log,
    async appendJournal(records) {
      await log.appendJournal(records);
      for (const { pair, record } of records) {
        const batch = batchSchema.safeParse(record).data;
        if (batch === undefined || batch.outcomes.length === 0) continue;
        const now = clock.now();
        metrics.observe('lockstep_batch_changes', { pair }, batch.outcomes.length);
        for (const { outcome, receivedAt } of batch.outcomes) {
          metrics.add('lockstep_changes_total', { pair, outcome });
          // What is delayed has not come to its end.
          if (outcome !== 'delayed')
            metrics.observe('lockstep_change_age_seconds', { pair }, Math.max(0, now - receivedAt) / 1_000);
        }
      }
    },
  };
}
