import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import { openContext } from '../../context.ts';
import { call } from '../../control.ts';
import type { Io } from '../../io.ts';
import type { ApprovedPlan, ShownPlan } from '../../plan-handlers.ts';
import type { Reconciled } from '../../reconcile-handler.ts';
import type { PairStatus } from '../../status-handler.ts';
import type { WebhookState } from '../../webhooks-handlers.ts';
import { PAIR } from '../demo-config.ts';
import type { Works } from '../works.ts';

const POLL_MS = 500;
const BY = 'demo';

/** The parts run elsewhere, as processes: everything is asked by what the verbs ask. */
export function createClusterWorks({
  config,
  io,
  clock,
  isDrained,
}: {
  readonly config: LoadedConfig;
  readonly io: Io;
  readonly clock: Clock;
  /** Whether every ingest has put on the log what it took. */
  readonly isDrained: () => Promise<boolean>;
}): Works {
  const ask = <R>(name: string, args: object): Promise<R> => call<R>(config, io, name, { pair: PAIR, ...args });

  async function isQuiet(): Promise<boolean> {
    try {
      if (!(await isDrained())) return false;
      const [status] = await ask<readonly PairStatus[]>('status', {});
      const { behind, delayed, alarms } = must(status, 'the status');
      return behind === 0 && delayed === 0 && alarms.length === 0;
    } catch (error) {
      // Log or state may be on their way back.
      if (isSyncError(error) && error.disposition === 'retry') return false;
      throw error;
    }
  }

  return {
    async subscribe() {
      const { url, wanted } = await ask<WebhookState>('webhooks.list', { url: null });
      await ask('webhooks.create', { url: must(url, 'the address of webhooks'), topics: wanted, by: BY });
    },
    plan: async () => (await ask<ShownPlan>('plan', { limit: 0 })).plan,
    async approve({ id }) {
      await ask<ApprovedPlan>('approve', { planId: id, by: BY });
      await this.settled();
    },
    async settled() {
      // What is moved from one topic to another is looked for twice.
      for (let quiet = 0; quiet < 2; quiet = (await isQuiet()) ? quiet + 1 : 0) await clock.sleep(POLL_MS, io.signal);
    },
    compare: async () =>
      (await ask<Reconciled>('reconcile', { entity: null, repair: true, dryRun: false, by: BY })).run,
    async withLog(use) {
      await using context = await openContext(config, io);
      return await use(context.log);
    },
  };
}
