import type { LoadedConfig, LoadedPair } from '#libs/runtime/config/parse-config.ts';
import { loadConfig } from '#libs/runtime/config/load-config.ts';
import type { AnyPlatform, Platforms } from '#libs/runtime/config/platform-part.ts';
import type { ConnectorDeps } from '#libs/connectors/registry.ts';
import { PLATFORMS } from '#libs/connectors/registry.ts';
import { createBudget } from '#libs/connectors/store-budget.ts';
import type { StoreHealth } from '#libs/connectors/store-health.ts';
import { createStoreHealth } from '#libs/connectors/store-health.ts';
import { withCallMetrics } from '#libs/connectors/with-call-metrics.ts';
import type { StoreConnector, WebhookReader } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { holdOnForeign } from '#libs/facts/hold-on-foreign.ts';
import type { StatusTarget } from '#libs/fields/field-maps.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { ensureDataDir } from '#libs/runtime/data-dir.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { createLogger } from '#libs/runtime/logger.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';
import { createMetrics } from '#libs/runtime/metrics.ts';
import { must } from '#libs/runtime/must.ts';
import { nearest } from '#libs/runtime/nearest.ts';
import type { Random } from '#libs/runtime/random.ts';
import { systemRandom } from '#libs/runtime/random.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import type { Io } from './io.ts';
import type { Stores } from './open-stores.ts';
import { openStores } from './open-stores.ts';

/** One store of a pair, opened. */
export type OpenStore = {
  readonly connector: StoreConnector;
  readonly health: StoreHealth;
  readonly label: string;
  /** Where it is, for people. */
  readonly address: string;
  readonly readWebhook: WebhookReader;
  readonly webhookSecrets: readonly string[];
  readonly budget: {
    readonly bucket: string;
    readonly capacity: number;
    readonly perSecond: number;
    /** What comparing has cost this process so far, in the same units. */
    readonly comparing: () => number;
  };
  readonly defaultStatusMap: Readonly<Record<string, StatusTarget>>;
};

export type OpenPair = {
  readonly settings: PairSettings;
  readonly webhooks: 'on' | 'off';
  readonly source: OpenStore;
  readonly target: OpenStore;
};

/** Everything a verb works with: config, log, state, facts, and the stores of each pair. */
export type Context = AsyncDisposable & {
  readonly config: LoadedConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly log: EventLog;
  readonly state: StateStore;
  readonly facts: FactStore;
  /** A folder of this process alone: spool, journal. Embedded: `dataDir` itself. */
  readonly instanceDir: string;
  readonly fingerprint: Fingerprint;
  /** What this process counts, for its metrics page. */
  readonly metrics: Metrics;
  /** Makes the pairs' places on the log, and loads what is needed of it; may be asked again after a failure. */
  readonly prepare: () => Promise<void>;
  readonly pairs: ReadonlyMap<string, OpenPair>;
};

const PROBE_AGAIN_MS = 10_000;

/** Reads the config that a verb is to work with. */
export function loadConfigFor(io: Io, path: string | undefined): Promise<LoadedConfig> {
  return loadConfig({ cwd: io.cwd, env: io.env, ...(path === undefined ? {} : { path }) });
}

/**
 * Opens everything, and takes the folder's lock.
 *
 * @throws {SyncError} FOLDER_IN_USE: another process runs on it.
 */
export async function openContext(
  config: LoadedConfig,
  io: Io,
  options: {
    /** Logs as the config says; without it only warnings are shown, as a verb's own output matters more. */
    readonly service?: string;
    /** Where this process listens for other verbs: named in the folder's lock. */
    readonly socketPath?: string;
    readonly platforms?: Platforms;
  } = {},
): Promise<Context> {
  const clock = systemClock;
  const logger = createLogger({
    service: options.service ?? 'lockstep',
    level: options.service === undefined ? 'warn' : config.logLevel,
    destination: { write: io.err },
    pretty: io.errColumns !== undefined,
    secrets: config.secrets,
  });
  await ensureDataDir(config.dataDir);
  const { socketPath } = options;
  const stores = await openStores(config, { clock, logger, ...(socketPath === undefined ? {} : { socketPath }) });
  const keyed = createKeyedFingerprint(stores.fingerprintKey);
  // Only a service is read by Prometheus; a verb ends before anybody could ask.
  const metrics = createMetrics({ process: options.service !== undefined });
  const pairs = new Map<string, OpenPair>();
  for (const pair of config.pairs) {
    const deps = { config, clock, stores, logger, metrics, platforms: options.platforms ?? PLATFORMS };
    pairs.set(pair.settings.name, openPair(pair, deps));
  }
  const prepare = async (): Promise<void> => {
    await keyed.load();
    for (const { settings } of pairs.values())
      await stores.log.openPair(settings.name, { partitions: settings.partitions });
  };
  // A cluster may be away when a service starts, and a verb makes no topics on it.
  if (config.cluster === null) await prepare();
  else if (options.service === undefined) await keyed.load();
  return {
    config,
    clock,
    random: systemRandom,
    logger,
    ...stores,
    fingerprint: keyed.fingerprint,
    metrics,
    prepare,
    pairs,
    [Symbol.asyncDispose]: async () => {
      for (const { source, target } of pairs.values()) {
        for (const { health, connector } of [source, target]) {
          health.close();
          await connector.close();
        }
      }
      await stores.close();
    },
  };
}

// Nothing is fingerprinted before the first read of a store, which comes after `load`.
function createKeyedFingerprint(loadKey: () => Promise<Buffer>) {
  let loaded: Fingerprint | null = null;
  return {
    fingerprint: ((...args) => must(loaded, 'the key of fingerprints')(...args)) satisfies Fingerprint,
    async load(): Promise<void> {
      loaded ??= createFingerprint(await loadKey());
    },
  };
}

type StoreDeps = {
  readonly config: LoadedConfig;
  readonly clock: Clock;
  readonly stores: Stores;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly platforms: Platforms;
};

function openPair({ settings, source, target }: LoadedPair, deps: StoreDeps): OpenPair {
  return {
    settings,
    webhooks: source.webhooks,
    source: openStore(settings.name, 'source', source, deps),
    target: openStore(settings.name, 'target', target, deps),
  };
}

function openStore(
  pair: string,
  side: 'source' | 'target',
  { platform: name, config }: { readonly platform: string; readonly config: unknown },
  { config: all, clock, stores, logger, metrics, platforms }: StoreDeps,
): OpenStore {
  const platform = asOpened(must(platforms[name], `the platform ${name}`), config);
  // By address: pairs that share a store share its budget.
  const bucket = `${name}:${platform.address}`;
  const budget = createBudget({ state: stores.state, clock, bucket, limit: platform.budget });
  const deps: ConnectorDeps = {
    clock,
    random: systemRandom,
    budget,
    callMs: all.timing.callMs,
    role: side,
    ...(all.landingOverrideMs === null ? {} : { landingMs: all.landingOverrideMs }),
  };
  const store = withCallMetrics(platform.open(deps), {
    monotonic: clock.monotonic,
    onCall: ({ call, result, ms }) => {
      metrics.add('lockstep_store_calls_total', { pair, side, call, result });
      metrics.observe('lockstep_store_call_duration_seconds', { pair, side, result }, ms / 1_000);
    },
  });
  const connector = holdOnForeign(store, {
    pair,
    side,
    facts: stores.facts,
    clock,
    onHold: ({ code }, reason) => logger.error({ pair, side, code }, `The pair is held: ${reason}`),
  });
  const health = createStoreHealth({
    name: `${pair} ${side}`,
    probe: (signal) => connector.probe({ signal, priority: 'change' }),
    clock,
    resetMs: PROBE_AGAIN_MS,
    onChange: (condition, reason) => {
      if (condition === 'ill') logger.warn({ pair, side, err: reason }, 'a store is not well; the pair waits for it');
      else logger.info({ pair, side }, 'the store is well again');
    },
  });
  return {
    ...platform,
    budget: { bucket, ...platform.budget, comparing: () => budget.spent('compare') },
    connector,
    health,
  };
}

// A platform and its config belong together; here, where all platforms are one list, only the name says so.
function asOpened(platform: AnyPlatform, config: unknown) {
  const own = config as never;
  return {
    label: platform.label,
    address: platform.address(own),
    readWebhook: platform.readWebhook,
    webhookSecrets: platform.webhookSecrets(own),
    budget: platform.budget(own),
    defaultStatusMap: platform.defaultStatusMap,
    open: (deps: ConnectorDeps): StoreConnector => platform.open(own, deps),
  };
}

/**
 * The pair that is meant: the one named, or the only one.
 *
 * @throws {SyncError} PAIR_UNKNOWN
 */
export function choosePair(config: LoadedConfig, name: string | undefined): string {
  const names = config.pairs.map(({ settings }) => settings.name);
  if (name === undefined) {
    const [only, ...others] = names;
    if (only !== undefined && others.length === 0) return only;
    throw new SyncError('PAIR_UNKNOWN', `Cannot tell which pair is meant: there are ${names.join(', ') || 'none'}`);
  }
  if (names.includes(name)) return name;
  const meant = nearest(name, names);
  throw new SyncError(
    'PAIR_UNKNOWN',
    `Cannot find the pair "${name}": ${meant === null ? `there are ${names.join(', ') || 'none'}` : `did you mean "${meant}"?`}`,
  );
}

/** The opened pair of a name that was chosen before. */
export function pairOf(context: Pick<Context, 'pairs'>, name: string): OpenPair {
  const pair = context.pairs.get(name);
  if (pair === undefined)
    throw new SyncError('PAIR_UNKNOWN', `Cannot find the pair "${name}": the running process has no such pair`);
  return pair;
}
