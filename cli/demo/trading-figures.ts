import type { EventLog } from '#libs/event-log/event-log.ts';
import { openJournalStore } from '../../services/reconciler/journal-store.ts';
import type { DeliveryRecord, LedgerEntry } from '../../simulators/core/ledger.ts';
import { PAIR } from './demo-config.ts';
import type { DemoShops } from './demo-shops.ts';

/** What happened while the old shop traded. */
export type TradingFigures = {
  readonly changes: number;
  readonly seconds: number;
  readonly webhooks: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly lost: number;
  /** Roots written, and the calls that it took. */
  readonly writes: number;
  readonly writeCalls: number;
  /** What a tool that writes once for each webhook would have used. */
  readonly naiveCalls: number;
  readonly medianMs: number;
  readonly slowMs: number;
  readonly behind: number;
  readonly created: {
    readonly orders: number;
    readonly customers: number;
    readonly products: number;
    readonly variants: number;
  };
};

export async function takeFigures({
  log,
  shops: { source, target },
  from,
  changes,
  seconds,
}: {
  readonly log: Pick<EventLog, 'lag' | 'readJournal'>;
  readonly shops: DemoShops;
  readonly from: { readonly delivery: number; readonly call: number; readonly at: number };
  readonly changes: number;
  readonly seconds: number;
}): Promise<TradingFigures> {
  const deliveries = source.ledger.deliveries.slice(from.delivery);
  const came = deliveries.filter(({ outcome }) => outcome === 'delivered' || outcome === 'doubled');
  const doubled = came.filter(({ outcome }) => outcome === 'doubled').length;
  const made = target.ledger.entries.filter(
    ({ actor, action, at }) => actor === 'api' && action === 'create' && at >= from.at,
  );
  const count = (entity: string): number => made.filter((entry) => entry.entity === entity).length;
  const { writes, waits } = await appliedSince(log, from.at);
  const { behind } = await log.lag(PAIR);
  return {
    changes,
    seconds,
    webhooks: came.length + doubled,
    doubled,
    reordered: countOvertaken(came),
    lost: deliveries.filter(({ outcome }) => outcome === 'lost').length,
    writes,
    writeCalls: target.ledger.calls.slice(from.call).filter(({ kind }) => kind === 'write').length,
    naiveCalls: came.length + doubled,
    medianMs: waits[Math.floor(waits.length / 2)] ?? 0,
    slowMs: waits[Math.floor(waits.length * 0.99)] ?? 0,
    behind,
    created: {
      orders: count('order'),
      customers: count('customer'),
      products: count('product'),
      variants: made.filter(isSellable).length,
    },
  };
}

/** A variant; in WooCommerce a variation, or a product that has none. */
function isSellable({ entity, changes }: LedgerEntry): boolean {
  return entity === 'variant' || entity === 'variation' || (entity === 'product' && changes['type']?.to === 'simple');
}

/** Webhooks that arrived after one that was sent later. */
function countOvertaken(came: readonly DeliveryRecord[]): number {
  let latest = 0;
  return came
    .toSorted((a, b) => (a.arrivedAt ?? 0) - (b.arrivedAt ?? 0))
    .filter(({ renderedAt }) => {
      latest = Math.max(latest, renderedAt);
      return renderedAt < latest;
    }).length;
}

/** Roots that were written since, each once a batch, and how long their webhooks waited, in rising order. */
async function appliedSince(
  log: Pick<EventLog, 'readJournal'>,
  since: number,
): Promise<{ readonly writes: number; readonly waits: readonly number[] }> {
  const journal = openJournalStore(':memory:', PAIR, log);
  try {
    await journal.tail();
    const applied = journal
      .latest({ limit: 100_000 })
      .filter(({ at, outcome }) => at >= since && outcome.outcome === 'applied' && outcome.via === 'webhook');
    return {
      writes: new Set(applied.map(({ at, outcome }) => `${String(at)} ${outcome.root}`)).size,
      waits: applied.map(({ at, outcome }) => at - outcome.receivedAt).toSorted((a, b) => a - b),
    };
  } finally {
    journal.close();
  }
}
