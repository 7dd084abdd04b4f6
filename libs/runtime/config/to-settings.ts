import { createHash } from 'node:crypto';

import type { FieldName, Selection } from '#libs/fields/field-names.ts';
import { fieldName } from '#libs/fields/field-names.ts';
import type { FieldMaps, StatusTarget, Transform } from '#libs/fields/field-maps.ts';
import type { PairScope, PairSettings, Timing } from '#libs/model/pair.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { ENTITY_KINDS } from '#libs/model/stored.ts';
import type { Config } from './config-schema.ts';
import { isSecretKey } from './env-refs.ts';
import type { PairConfig } from './pair-schema.ts';

/** The waits in milliseconds. */
export function toTiming(timing: Config['timing']): Timing {
  return {
    landingMs: timing.landing ?? DEFAULT_TIMING.landingMs,
    lookAgainMs: timing.lookAgain,
    publishMs: timing.publish,
    lateAfterMs: timing.lateAfter,
    retriesMs: timing.retries,
    sessionMs: timing.session,
    coalesceMs: timing.coalesce,
    callMs: timing.call,
  };
}

/**
 * One pair as the services see it. `source` and `target` are the store parts as written, with `${NAME}` and not its value;
 * `ignored` are words that the source's platform itself says are to be ignored, unless the config maps them; `statusWord` gives a word
 * as the source's orders carry it.
 */
export function toSettings(
  name: string,
  pair: PairConfig,
  timing: Timing,
  from: {
    readonly source: unknown;
    readonly target: unknown;
    readonly ignored: readonly string[];
    /** What words mean by default in this pairing of platforms. */
    readonly paired: FieldMaps['orderStatus'];
    readonly statusWord: (written: string) => string;
  },
): PairSettings {
  const settings = {
    name,
    selection: toSelection(pair),
    maps: toMaps(pair, from),
    create: pair.create,
    migratedAt: pair.migratedAt === undefined ? null : Date.parse(pair.migratedAt),
    openOrders: pair.sync.order?.open ?? 'hold',
    // Named only where it is not the default, so that approved configs stay approved.
    ...(pair.sync.order?.unlinkedLines === 'text' ? { unlinkedLines: 'text' as const } : {}),
    scope: toScope(pair, from.statusWord),
    stamp: pair.stamp,
  } as const;
  return {
    ...settings,
    delete: pair.delete,
    webhooks: pair.source.webhooks,
    reconcile: {
      cron: pair.reconcile.cron === 'off' ? null : pair.reconcile.cron,
      timezone: pair.reconcile.timezone,
      sweepEveryMs: pair.reconcile.sweepEvery === 'off' ? null : pair.reconcile.sweepEvery,
      repair: pair.reconcile.repair,
      // Who wants no sweep wants no slow one either.
      scanShare: pair.reconcile.sweepEvery === 'off' ? 0 : pair.reconcile.scanShare,
    },
    partitions: pair.partitions,
    timing,
    configHash: hashOf({
      ...settings,
      selection: [...settings.selection].toSorted(),
      // What keeps everything decides nothing, so approvals of earlier versions stand.
      ...(Object.values(pair.delete).every((policy) => policy === 'keep') ? {} : { delete: pair.delete }),
      source: decisive(from.source),
      target: decisive(from.target),
    }),
  };
}

function toSelection(pair: PairConfig): Selection {
  return new Set(
    ENTITY_KINDS.flatMap((entity) => (pair.sync[entity]?.fields ?? []).map((field) => fieldName(entity, field))),
  );
}

type Words = Pick<Parameters<typeof toSettings>[3], 'ignored' | 'paired' | 'statusWord'>;

function toMaps({ sync }: PairConfig, { ignored, paired, statusWord }: Words): FieldMaps {
  const transforms: Partial<Record<FieldName, Transform>> = {};
  const { stockStatus, ...numbers } = sync.variant?.map ?? {};
  for (const [field, transform] of Object.entries(numbers))
    if (transform !== undefined) transforms[fieldName('variant', field)] = transform as Transform;
  return {
    orderStatus: {
      ...paired,
      ...Object.fromEntries(ignored.map((word) => [word, 'ignore' as const])),
      ...Object.fromEntries(
        Object.entries(sync.order?.map?.status ?? {}).map(([word, target]) => [
          statusWord(word),
          target as StatusTarget,
        ]),
      ),
    },
    transforms,
    ...(stockStatus === undefined ? {} : { stockStatus }),
    carriers: sync.order?.map?.tracking ?? {},
  };
}

function toScope({ scope: { order, product } }: PairConfig, statusWord: Words['statusWord']): PairScope {
  return {
    ...(order === undefined
      ? {}
      : {
          order: {
            ...(order.createdSince === undefined ? {} : { createdSince: Date.parse(order.createdSince) }),
            ...(order.exclude === undefined ? {} : { exclude: order.exclude.map(statusWord) }),
          },
        }),
    ...(product === undefined ? {} : { product: withoutUndefined(product) }),
  };
}

// How a store is reached decides nothing about what is written to it; new credentials need no new approval.
const REACH_ONLY = new Set([
  'auth',
  'httpAuth',
  'headers',
  'maxConcurrent',
  'connectTo',
  'webhooks',
  'apiVersion',
  'install',
  'clientId',
]);

function decisive(store: unknown): unknown {
  if (typeof store !== 'object' || store === null) return store;
  return Object.fromEntries(Object.entries(store).filter(([key]) => !REACH_ONLY.has(key) && !isSecretKey(key)));
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(value)))
    .digest('hex')
    .slice(0, 16);
}

// A transform's steps apply in the order written, so their order counts; everywhere else it does not.
function sortKeys(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => sortKeys(item));
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'transforms')
    return Object.entries(value).map(([field, steps]) => [field, Object.entries(steps as object)]);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sortKeys(item, name)]),
  );
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
