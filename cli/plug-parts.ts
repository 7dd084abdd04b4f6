import { openApplier } from '../services/applier/open-applier.ts';
import type { Context, OpenPair } from './context.ts';
import type { Part, ReconcilerPart } from './runtime-parts.ts';

// Where the services are plugged in: nothing else of the command line knows how they are opened.

/** Opens one pair's applier. */
export function openApplierPart(pair: OpenPair, context: Context): Promise<Part> {
  return openApplier({
    ...depsOf('applier', pair, context),
    sourceHealth: pair.source.health,
    targetHealth: pair.target.health,
  });
}

/**
 * Opens one pair's reconciler: sweeps and comparisons, by the clock where `scheduled` (not in `start --once`), and on demand.
 * Until services/reconciler/open-reconciler.ts is there nothing sweeps and nothing is compared.
 */
export function openReconcilerPart(
  _pair: OpenPair,
  _context: Context,
  _options: { readonly scheduled: boolean },
): Promise<ReconcilerPart> {
  return Promise.resolve({
    stop: () => Promise.resolve(),
    idle: () => Promise.resolve(),
    sweep: () => Promise.resolve(),
    compare: () => Promise.reject(new Error('No reconciler is plugged in')),
  });
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
