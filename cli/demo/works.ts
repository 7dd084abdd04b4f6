import type { EventLog } from '#libs/event-log/event-log.ts';
import type { RunResult } from '../../services/reconciler/finding.ts';
import type { StorePlan } from '../../services/reconciler/build-plan.ts';
import type { ProgressStep } from '../progress.ts';

/** The pipeline between the two shops, wherever its parts run: what the story asks of it. */
export type Works = {
  /** Has the old shop tell what changes. */
  readonly subscribe: () => Promise<void>;
  /** Switches off the mails that the new shop would send for what is written to it. */
  readonly silence: () => Promise<void>;
  readonly plan: () => Promise<StorePlan>;
  /** Approves, and carries over what was planned. */
  readonly approve: (plan: StorePlan) => Promise<void>;
  /** Until no news is outstanding, delayed news included. */
  readonly settled: () => Promise<void>;
  /** A full comparison that repairs. */
  readonly compare: (onProgress: (step: ProgressStep) => void) => Promise<RunResult>;
  /** Lends the log, to read figures from. */
  readonly withLog: <R>(use: (log: Pick<EventLog, 'lag' | 'readJournal'>) => Promise<R>) => Promise<R>;
};
