import type { FieldName } from '#libs/fields/field-names.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';

export function aPair(change: Partial<PairSettings> = {}): PairSettings {
  return {
    name: 'acme',
    selection: new Set<FieldName>([
      'variant.quantity',
      'variant.price',
      'order.status',
      'order.tracking',
      'order.history',
    ]),
    maps: { orderStatus: {}, transforms: {}, carriers: {} },
    create: { product: 'new', order: 'new', customer: 'new' },
    delete: { product: 'keep', order: 'keep', customer: 'keep' },
    migratedAt: Date.parse('2026-11-01T00:00:00Z'),
    openOrders: 'asIs',
    scope: {},
    stamp: false,
    reconcile: { cron: null, timezone: 'UTC', sweepEveryMs: null, repair: true },
    partitions: 1,
    timing: DEFAULT_TIMING,
    configHash: 'hash',
    ...change,
  };
}
