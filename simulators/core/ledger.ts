/**
 * What a simulated store remembers of everything that ever changed in it, with who did it.
 *
 * The oracle judges a run from the ledgers alone, so an entry is complete: whoever replays all
 * entries of an entity has its present state.
 */
export type Actor =
  /** Shoppers and staff of the shop; of a target: people who edit texts. */
  | 'people'
  /** The full migration that filled the target before the run. */
  | 'migration'
  /** The store itself (a scheduled sale, a recomputed status). */
  | 'store'
  /** Calls with the API credentials that were given to Lockstep. */
  | 'api';

export type LedgerEntry = {
  /** Position in the ledger, from 0 without gaps. */
  readonly seq: number;
  /** Milliseconds since the epoch by the simulator's clock. */
  readonly at: number;
  readonly actor: Actor;
  readonly action: 'create' | 'update' | 'delete';
  /** The platform's own word: product, variation, variant, order, customer, fulfillment, refund, note, metafield, webhook … */
  readonly entity: string;
  readonly id: string;
  /** The entity that owns it (a variation's product, a note's order); absent for roots. */
  readonly parentId?: string;
  /** Every field that changed, by the platform's own field name; values as the store keeps them. */
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  /** True where the platform would not move its modified clock or send a webhook. */
  readonly silent?: boolean;
  /** The API call that did it, an id of `CallRecord`. */
  readonly callId?: number;
};

/** What a real store would have caused outside itself; Lockstep must cause none of these. */
export type SideEffect = {
  readonly at: number;
  readonly actor: Actor;
  readonly kind: 'mail' | 'stock-movement' | 'gateway-call';
  readonly entity: string;
  readonly id: string;
  readonly detail: string;
  readonly callId?: number;
};

/** One delivery (or lost delivery) of a webhook by a simulated source. */
export type DeliveryRecord = {
  readonly topic: string;
  readonly entity: string;
  readonly id: string;
  readonly parentId?: string;
  /** When the change that caused it was made, and when the payload was rendered; a delivery carries all changes up to `renderedAt`. */
  readonly causedAt: number;
  readonly renderedAt: number;
  /** Ledger position up to which the payload's entity was rendered: changes with a lower or equal seq are covered. */
  readonly coversSeq: number;
  readonly outcome: 'delivered' | 'doubled' | 'lost' | 'failed';
  /** When the receiver got it (the first time), and the ledger's position then; absent where it never arrived. */
  readonly arrivedAt?: number;
  readonly arrivedSeq?: number;
  /** True where it was held back so that it arrived after a later one. */
  readonly reordered?: boolean;
  readonly status?: number;
};

/** One HTTP or GraphQL call that the store answered. */
export type CallRecord = {
  readonly id: number;
  readonly at: number;
  /** `GET /wp-json/wc/v3/products`, `mutation inventorySetQuantities` … without ids. */
  readonly name: string;
  readonly kind: 'read' | 'write';
  readonly status: number;
  /** Points (Shopify) or 1. */
  readonly cost: number;
  readonly fault?: string;
};

/** One row, or one list that belongs to a row, as an answer of the API showed it. */
export type ReadRecord = {
  /** As in `LedgerEntry`; of an order's own lists their name (`notes`, `refunds`) with the order's id. */
  readonly entity: string;
  readonly id: string;
  readonly parentId?: string;
  /** Ledger position when it was rendered: changes with a lower or equal seq are in it. */
  readonly coversSeq: number;
  /** The API key that read it, where the simulated source has several. */
  readonly by?: string;
};

export type Ledger = {
  readonly entries: readonly LedgerEntry[];
  readonly effects: readonly SideEffect[];
  readonly deliveries: readonly DeliveryRecord[];
  readonly calls: readonly CallRecord[];
  /** What a simulated source showed of its rows. */
  readonly reads: readonly ReadRecord[];
  readonly record: (entry: Omit<LedgerEntry, 'seq'>) => LedgerEntry;
  readonly effect: (effect: SideEffect) => void;
  readonly delivery: (delivery: DeliveryRecord) => void;
  readonly read: (read: ReadRecord) => void;
  /** `id`: the one taken by `nextCallId` before the call ran; calls may end in another order than they began. */
  readonly call: (call: Omit<CallRecord, 'id'> & { readonly id?: number }) => CallRecord;
  /** Id the next call will get; taken before the call runs, so that its entries can name it. */
  readonly nextCallId: () => number;
};

export function createLedger(): Ledger {
  const entries: LedgerEntry[] = [];
  const effects: SideEffect[] = [];
  const deliveries: DeliveryRecord[] = [];
  const calls: CallRecord[] = [];
  const reads: ReadRecord[] = [];
  let callIds = 0;

  return {
    entries,
    effects,
    deliveries,
    calls,
    reads,
    record(entry) {
      const kept: LedgerEntry = { ...entry, seq: entries.length };
      entries.push(kept);
      return kept;
    },
    effect(effect) {
      effects.push(effect);
    },
    delivery(delivery) {
      deliveries.push(delivery);
    },
    read(read) {
      reads.push(read);
    },
    call(call) {
      const kept: CallRecord = { ...call, id: call.id ?? calls.length };
      calls.push(kept);
      return kept;
    },
    nextCallId: () => callIds++,
  };
}
