import type { Clock } from '#libs/runtime/clock.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { must } from '#libs/runtime/must.ts';
import type { RunResult } from '../../../services/reconciler/finding.ts';
import { openContext } from '../../context.ts';
import type { Io } from '../../io.ts';
import type { ShownPlan } from '../../plan-handlers.ts';
import type { PairStatus } from '../../status-handler.ts';
import { PAIR } from '../demo-config.ts';
import type { Works } from '../works.ts';
import type { RunVerb } from './run-verb.ts';

const POLL_MS = 500;
/** What the demo itself has brought about, and is shown in red meanwhile. */
const MEANT = /mails of the new shop are off/;

/** The parts run elsewhere, as processes: everything is asked by verbs, as a person would. */
export function createClusterWorks({
  runVerb,
  config,
  io,
  clock,
  isDrained,
  mailing,
}: {
  readonly runVerb: RunVerb;
  readonly config: LoadedConfig;
  readonly io: Io;
  readonly clock: Clock;
  /** Whether every ingest has put on the log what it took. */
  readonly isDrained: () => Promise<boolean>;
  /** Whether the new shop mails for what is written to it. */
  readonly mailing: boolean;
}): Works {
  /** What a verb says as JSON; 1 is how some of them say that something differs. */
  async function ask<R>(...argv: readonly string[]): Promise<R> {
    const { code, out, err } = await runVerb(...argv, '--json');
    if (out === '') throw new Error(`lockstep ${argv.join(' ')} ended with ${String(code)}: ${err}`);
    return JSON.parse(out) as R;
  }

  async function isQuiet(): Promise<boolean> {
    if (!(await isDrained())) return false;
    const { out } = await runVerb('status', PAIR, '--json');
    // Log or state may be on their way back.
    if (out === '') return false;
    const [status] = JSON.parse(out) as readonly PairStatus[];
    const { behind, delayed, alarms } = must(status, 'the status');
    return behind === 0 && delayed === 0 && alarms.every((alarm) => MEANT.test(alarm));
  }

  async function settled(): Promise<void> {
    // What is moved from one topic to another is looked for twice.
    for (let quiet = 0; quiet < 2; quiet = (await isQuiet()) ? quiet + 1 : 0) await clock.sleep(POLL_MS, io.signal);
  }

  return {
    settled,
    async subscribe() {
      await ask('webhooks', 'register', PAIR, '--yes');
    },
    async silence() {
      // Shopify mails nothing for what Lockstep writes.
      if (mailing) await ask('mails', 'off', PAIR, '--yes');
    },
    plan: async () => (await ask<ShownPlan>('plan', PAIR, '--limit', '0')).plan,
    async approve({ id }) {
      await ask('approve', PAIR, '--plan', id);
      await settled();
    },
    compare: () => ask<RunResult>('reconcile', PAIR, '--repair'),
    async withLog(use) {
      await using context = await openContext(config, io);
      return await use(context.log);
    },
  };
}
