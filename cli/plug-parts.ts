import { join } from 'node:path';

import { withOutcomeMetrics } from '#libs/journal/with-outcome-metrics.ts';
import { openApplier } from '../services/applier/open-applier.ts';
import { openStandingAside } from '../services/applier/stand-aside.ts';
import { openReconciler } from '../services/reconciler/open-reconciler.ts';
import type { ReconcilerDeps } from '../services/reconciler/reconciler-deps.ts';
import type { Context, OpenPair } from './context.ts';
import type { Part, ReconcilerPart } from './runtime-parts.ts';
import { webhookUrl } from './webhook-url.ts';

// Where the services are plugged in: nothing else of the command line knows how they are opened.

/** Opens one pair's applier. */
export function openApplierPart(pair: OpenPair, context: Context): Promise<Part> {
  return openApplier({
    ...depsOf('applier', pair, context),
    log: withOutcomeMetrics(context.log, context.metrics, context.clock),
    sourceHealth: pair.source.health,
    targetHealth: pair.target.health,
  });
}

/** As `openApplierPart`, in a service: on a cluster it leaves the pair to other processes while its config is not the approved one. */
export async function openServingApplier(pair: OpenPair, context: Context): Promise<Part> {
  if (context.config.cluster === null) return openApplierPart(pair, context);
  return openStandingAside({ ...depsOf('applier', pair, context), open: () => openApplierPart(pair, context) });
}

/** Opens one pair's reconciler: sweeps and comparisons by the clock where `scheduled` (not in `start --once`), and on demand. */
export function openReconcilerPart(
  pair: OpenPair,
  context: Context,
  { scheduled }: { readonly scheduled: boolean },
): Promise<ReconcilerPart> {
  const deps = reconcilerDeps(pair, context);
  return openReconciler({
    ...deps,
    onDemand: !scheduled,
    state: context.state,
    journalPath: journalPath(context, deps.settings.name),
    ...watched(pair, context, scheduled),
    pace: {
      share: pair.settings.reconcile.scanShare ?? 0,
      perSecond: pair.source.budget.perSecond,
      spent: pair.source.budget.comparing,
    },
  });
}

// Only where somebody said where webhooks belong, and only in a process that runs on: they are then watched and mended.
function watched({ settings, source, webhooks }: OpenPair, { config }: Context, scheduled: boolean) {
  const [secret] = source.webhookSecrets;
  const { publicUrl } = config.ingest;
  if (!scheduled || webhooks === 'off' || publicUrl === null || secret === undefined) return {};
  return { webhooks: { url: webhookUrl(publicUrl, settings.name), secret } };
}

/** What everything of the reconciler works with; `plan` and the like use it without opening one. */
export function reconcilerDeps(pair: OpenPair, context: Context): ReconcilerDeps {
  return { ...depsOf('reconciler', pair, context), reportsDir: context.config.reportsDir };
}

/** Where the pair's journal lies by root and time; it may be deleted. */
export function journalPath({ instanceDir }: Pick<Context, 'instanceDir'>, pair: string): string {
  return join(instanceDir, 'journal', `${pair}.sqlite`);
}

function depsOf(service: string, { settings, source, target }: OpenPair, context: Context) {
  const { log, facts, clock, random, fingerprint } = context;
  const logger = context.logger.child({ service, pair: settings.name });
  return {
    settings,
    source: source.connector,
    target: target.connector,
    log,
    facts,
    clock,
    random,
    fingerprint,
    say: (level: 'debug' | 'info' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>, message: string) =>
      logger[level](fields, message),
  };
}
