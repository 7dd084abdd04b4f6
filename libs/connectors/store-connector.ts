import type { FieldName, FieldValues, Selection } from '#libs/fields/field-names.ts';
import type { HistoryEntry, Order, OrderState, Parcel } from '#libs/model/order.ts';
import type { Customer } from '#libs/model/customer.ts';
import type { Money } from '#libs/model/money.ts';
import type { Product, Variant } from '#libs/model/product.ts';
import type { EntityKind, RootKind, RootRef, StoredRoot } from '#libs/model/stored.ts';
import type { SyncError } from '#libs/runtime/sync-error.ts';

/**
 * The port between the sync pipeline and one store platform, as source and as target.
 *
 * Everything outside `libs/connectors/<platform>/` is platform-agnostic: where a caller would need to know which platform it
 * talks to, the difference belongs in {@link StoreCapabilities}. Every method that asks the store throws a SyncError
 * (STORE_UNREACHABLE, STORE_FAILED, STORE_RATE_LIMITED, STORE_UNAUTHORISED, STORE_ANSWER_FOREIGN, STORE_REFUSED) when the whole
 * call failed; what concerns single items is in the results.
 */
export type StoreConnector = {
  readonly platform: string;
  readonly capabilities: StoreCapabilities;

  /** Who answers: pinned at the first run and compared afterwards. */
  readonly identify: (call: CallContext) => Promise<StoreIdentity>;
  /** The cheapest read that shows the store is well; throws when it is not. */
  readonly probe: (call: CallContext) => Promise<void>;
  /** What `lockstep check` wants to know, as findings; never throws for what the store answers. */
  readonly check: (role: 'source' | 'target', selection: Selection, call: CallContext) => Promise<readonly Finding[]>;

  // ── reading ────────────────────────────────────────────────────────────────────────────────────────────────
  /** Reads roots by id, in the order asked, as they are now. A missing (or trashed) one is null, never a throw. */
  readonly readRoots: (
    root: RootKind,
    refs: readonly RootRef[],
    call: ReadContext,
  ) => Promise<readonly (StoredRoot | null)[]>;
  /** The roots of children of which only the child is known (an inventory item); null where there is none. */
  readonly readRootsOf: (
    childKind: string,
    ids: readonly string[],
    call: CallContext,
  ) => Promise<
    readonly ({
      readonly root: RootKind;
      readonly rootId: string;
      readonly children?: readonly string[];
    } | null)[]
  >;
  /**
   * Walks every root of a kind once, page by page, by a key that does not shift. `after` resumes behind a page's cursor. `paged`: only
   * some pages are wanted now, so no export of everything is begun.
   */
  readonly scan: (
    root: RootKind,
    options: { readonly after?: string | null; readonly paged?: boolean },
    call: ReadContext,
  ) => AsyncIterable<ScanPage>;
  /**
   * Walks what changed at or after `since` (the store's own clock, ISO 8601 UTC), oldest change first, by a key that does not shift.
   * Where the platform finds it by an index that lags, the walk begins as much earlier, and gives what changed in that time as well.
   * Null in capabilities.changedSince: the kind cannot be listed by change.
   */
  readonly scanChanged: (root: RootKind, since: string, call: ReadContext) => AsyncIterable<ScanPage>;
  /** The store's own clock, from an answer's Date header or so. */
  readonly storeTime: (call: CallContext) => Promise<number>;
  /** How many roots there are, for progress; null where asking costs too much. */
  readonly count: (root: RootKind, call: CallContext) => Promise<number | null>;

  // ── finding counterparts ───────────────────────────────────────────────────────────────────────────────────
  /**
   * What carries these source ids, in the order asked. Exact and current (never a lagging search index); null where nothing does.
   * For products: also finds by a variant's stamp where only variants carry it.
   */
  readonly findBySourceId: (
    root: RootKind,
    sourceIds: readonly string[],
    call: ReadContext,
  ) => Promise<readonly (StoredRoot | null)[]>;
  /** Everything that has one of these keys; one list per key, in the order asked. May lag behind the store (an index): proposes links, never proves absence. */
  readonly findByKey: (
    key: NaturalKey,
    values: readonly string[],
    call: ReadContext,
  ) => Promise<readonly (readonly StoredRoot[])[]>;
  /** What was created at or after this time by the store's own clock, with its source id mark: the look after a creation whose outcome is unknown. */
  readonly listCreatedSince: (root: RootKind, since: string, call: ReadContext) => Promise<readonly StoredRoot[]>;

  // ── writing ────────────────────────────────────────────────────────────────────────────────────────────────
  /** Makes what writing needs (metafield definitions …). Called only after approval, before the first write of a process; idempotent. */
  readonly prepare: (selection: Selection, call: WriteContext) => Promise<void>;
  /**
   * Turns wanted values into the target's vocabulary (Shopify has no stock status) and says what cannot be expressed. Pure.
   * What comes back is compared with what the target has, field by field.
   */
  readonly express: (input: ExpressInput) => Expressed;
  /**
   * Writes the named fields and stamps and nothing else, packed into as few calls as the platform allows; one result per root, in
   * order. A stamp never replaces a source id that stands there: then the result is `stale`. One that another entity of that kind
   * has already is `refused`.
   */
  readonly write: (patches: readonly RootPatch[], call: WriteContext) => Promise<readonly WriteResult[]>;
  /**
   * Creates roots, each carrying its source id; one result per draft, in order. The caller has looked before. A draft with a `half` is
   * not made once more: what is lacking of that one is added, and where it cannot be, it is `refused`, never `created` in part.
   */
  readonly create: (drafts: readonly RootDraft[], call: WriteContext) => Promise<readonly CreateResult[]>;

  /** Archives, deletes or restores roots, without a mail and without moving money or stock; one result per root, in order. Absent: it cannot. */
  readonly retire?: (items: readonly Retirement[], call: WriteContext) => Promise<readonly WriteResult[]>;

  /** The store's own mails that what Lockstep writes would set off; null or absent where a store mails nothing for it. */
  readonly mails?: MailSwitch | null;

  // ── webhooks (source) ──────────────────────────────────────────────────────────────────────────────────────
  readonly listSubscriptions: (call: CallContext) => Promise<readonly Subscription[]>;
  /**
   * Where the platform knows an address only once for a topic, the one that is there is put right instead: then the answer bears its
   * id, and it must not be deleted afterwards.
   */
  readonly createSubscription: (
    subscription: { readonly topic: string; readonly url: string; readonly secret: string },
    call: WriteContext,
  ) => Promise<Subscription>;
  readonly deleteSubscription: (id: string, call: WriteContext) => Promise<void>;
  /**
   * Has the store send one webhook, by saving its youngest root of that kind as it is: nothing that people see changes, the store's own
   * clock of that root does. The root's id; null: there is none. Absent: the platform cannot be had to send one.
   */
  readonly provoke?: (root: RootKind, call: WriteContext) => Promise<string | null>;
  /** Topics wanted for a selection and the entities that are created. */
  readonly topicsFor: (selection: Selection, roots: readonly RootKind[]) => readonly string[];

  readonly close: () => Promise<void>;
};

export type StoreCapabilities = {
  readonly readable: ReadonlySet<FieldName>;
  readonly writable: ReadonlySet<FieldName>;
  /** Root kinds that can be created. */
  readonly creatable: ReadonlySet<RootKind>;
  /** Entity kinds onto which a source id can be written when they are there already. */
  readonly stampable: ReadonlySet<EntityKind>;
  /** Root kinds that scanChanged can walk. */
  readonly changedSince: ReadonlySet<RootKind>;
  /** Absolute writes are refused by the platform when the value is no longer the expected one. */
  readonly compareAndSwap: ReadonlySet<FieldName>;
  /** The longest time that a call already sent can still take effect, milliseconds. */
  readonly landingMs: number;
  /** Root kinds that the platform can hold twice under one source id and find only by listing: looked for once more an hour later. */
  readonly doublesPossible: ReadonlySet<RootKind>;
  /** How many roots a read takes in one call. */
  readonly readBatchMax: number;
  readonly writeBatchMax: number;
  /** What making one root costs of the store's rate budget at the least, in its own units; absent: 1. For estimates. */
  readonly creationCost?: Readonly<Partial<Record<RootKind, number>>>;
  /** What has a holding status or hold for open orders. */
  readonly holdsOrders: boolean;
  /**
   * The platform's own status words of orders and what each means, for docs, `check` and default maps; a word that stands for no state
   * of its own (a failed payment, a draft) is not among them. Absent: the platform has no words of its own.
   */
  readonly orderStatuses?: Readonly<Record<string, OrderState>>;
  /** Root kinds that are made in steps, and whose half can be completed by `create`; absent: none. */
  readonly completes?: ReadonlySet<RootKind>;
  /** Root kinds that can be archived, and restored again; absent: none. */
  readonly archivable?: ReadonlySet<RootKind>;
  /** Root kinds that can be deleted; absent: none. */
  readonly deletable?: ReadonlySet<RootKind>;
  /** Whether an order of which something was shipped can still be cancelled; absent: it can. */
  readonly cancelsShipped?: boolean;
};

export type StoreIdentity = {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly currency: string;
  readonly taxesIncluded: boolean | null;
};

export type Priority = 'change' | 'sweep' | 'compare';
export type CallContext = { readonly signal: AbortSignal; readonly priority: Priority };
/** `fields` says which selected fields will be looked at, so that expensive parts (order history) are read only when needed. */
export type ReadContext = CallContext & { readonly fields: Selection };
/**
 * `maySend` is asked in the very tick that sends a write call (epoch, send deadline, phase, holds); false: the call is not sent,
 * and its items end as `not-sent`.
 */
export type WriteContext = CallContext & { readonly maySend: () => boolean };

export type ScanPage = {
  readonly roots: readonly StoredRoot[];
  /** What is there and cannot be read: it must not end the walk, nor be taken for missing. Absent: none. */
  readonly unread?: readonly UnreadRoot[];
  /** Resumes behind this page. */
  readonly cursor: string;
};

/** A root that the store lists and that is not understood; asked for alone it is refused, with the same reason. */
export type UnreadRoot = { readonly id: string; readonly changedAt: string | null; readonly why: string };

export type NaturalKey = 'sku' | 'order-number' | 'email';

export type ExpressInput = {
  readonly entity: EntityKind;
  /** Wanted values of selected fields, after mapping. */
  readonly wanted: FieldValues;
  /** The whole source variant for context (a field's meaning may depend on an unselected one), where entity is `variant`. */
  readonly source?: Variant;
  /** What the target has; null at creation. */
  readonly present: FieldValues | null;
  readonly selected: readonly string[];
};
export type Expressed = {
  readonly wanted: FieldValues;
  /** Fields that this target cannot hold with that value: not written, and parked as `unmapped-value`. */
  readonly withheld: Readonly<Record<string, string>>;
};

/** Everything that is written to one root of the target. */
export type RootPatch = {
  readonly root: RootKind;
  readonly sourceId: string;
  readonly targetId: string;
  /** As it was read for this plan: carries expected values and the connector's native handles. */
  readonly present: StoredRoot;
  /** Product, variant and customer fields. */
  readonly entities: readonly EntityPatch[];
  /** An order's steps, in this order. */
  readonly steps: readonly OrderStep[];
  /** Source ids for entities that carry none; absent: none. */
  readonly stamps?: readonly EntityStamp[];
  /** Lockstep made this root, which a source id on it does not prove; absent: it did not. */
  readonly made?: boolean;
};
export type EntityPatch = {
  readonly entity: EntityKind;
  readonly targetId: string;
  readonly values: FieldValues;
};
/** The source id that an entity of the target is to carry. */
export type EntityStamp = {
  readonly entity: EntityKind;
  readonly targetId: string;
  readonly sourceId: string;
};

/** One legal transition or append of an order. */
export type OrderStep =
  | { readonly kind: 'releaseHold' }
  /** Lockstep's own hold, first of all, so that no warehouse is quicker; one that stands is left. `sourceId`: id of the order at the source. */
  | { readonly kind: 'hold'; readonly sourceId: string }
  | { readonly kind: 'pay'; readonly at: string | null }
  /**
   * Ships with these parcels: everything that is left, or the target's own lines only as far as is named. After a part an
   * order is `partial` and its lines say how much of each has left (`OrderLine.shipped`); a platform that cannot keep that withholds
   * such a status in `express`.
   */
  | { readonly kind: 'fulfil'; readonly parcels: readonly Parcel[]; readonly lines?: readonly ShippedUnits[] }
  /** All parcels as wanted, on an order that is already shipped. */
  | { readonly kind: 'track'; readonly parcels: readonly Parcel[] }
  | {
      readonly kind: 'refund';
      readonly sourceId: string;
      readonly amount: Money;
      readonly at: string;
      readonly reason: string | null;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'history'; readonly entries: readonly HistoryEntry[] }
  | { readonly kind: 'note'; readonly text: string | null };

/** How many units of one line, by its id at the target, shall have left afterwards: what has left already counts, so nothing leaves twice. */
export type ShippedUnits = { readonly lineId: string; readonly shipped: number };

/**
 * What becomes of a root whose counterpart is gone from the source, or is back there. Whoever asks has decided by policy, and has
 * asked the source by id (law 11); the connector only does it. What is so already, and what is to be deleted and is not there, is
 * `stored`.
 */
export type Retirement = {
  readonly root: RootKind;
  readonly targetId: string;
  readonly sourceId: string;
  readonly present: StoredRoot;
  readonly how: 'archive' | 'delete' | 'restore';
  /** What a product is restored to, as the source says; absent: `active`. */
  readonly status?: Product['status'];
};

/**
 * The switches of the mails that a store sends by itself when orders or customers are written (law 8). A connector whose store has
 * such mails refuses by itself to write orders, or to create customers, while one of theirs is on: `refused`, with a message that
 * begins with {@link MAILS_ON}, so that whoever switches them off knows what to try again.
 */
export type MailSwitch = {
  /** Every mail that a write could set off, as it stands. Throws where the store does not say. */
  readonly list: (call: CallContext) => Promise<readonly StoreMail[]>;
  readonly set: (id: string, enabled: boolean, call: WriteContext) => Promise<void>;
  /** While closed, every write that one of them could be about is refused, whatever the switches say: before they are put back. */
  readonly close: (closed: boolean) => void;
  /** The number of an order that the store's own checkout took at or after this time (ISO 8601); null: none. A store that sells must mail. */
  readonly soldSince: (since: string, call: CallContext) => Promise<string | null>;
};
export type StoreMail = {
  readonly id: string;
  readonly title: string;
  readonly enabled: boolean;
  /** Whose writing sets it off. */
  readonly roots: readonly RootKind[];
};
export const MAILS_ON = 'The shop’s mails are on';

export type WriteResult =
  /** What the store says it now holds, by entity id and field, for every field of the patch (for orders: `status`, `tracking`, `history`, `note`). */
  | {
      readonly outcome: 'stored';
      readonly stored: Readonly<Record<string, FieldValues>>;
      /** The source id that each stamped entity now carries, by `<entity>:<targetId>`; absent: none was to be written. */
      readonly stamped?: Readonly<Record<string, string>>;
    }
  /** Compare-and-swap found another value: read and plan again; no attempt is used. */
  | { readonly outcome: 'stale' }
  /** The platform's own no, in its own words. */
  | { readonly outcome: 'refused'; readonly message: string }
  /**
   * No answer, or one that says nothing: it may have taken effect, or still will until `landing` has passed. `foreign`: the answer was
   * not the platform's own, which holds the pair.
   */
  | { readonly outcome: 'unknown'; readonly message: string; readonly foreign?: SyncError }
  /** An error of the store itself (5xx); it may have taken effect. */
  | { readonly outcome: 'failed'; readonly message: string }
  /** Certainly not applied. */
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number }
  | { readonly outcome: 'not-sent' };

/** A root to be created. References are already the target's ids. */
export type RootDraft = {
  /** What an earlier attempt has left of it, half made; absent: there is nothing of it. */
  readonly half?: StoredRoot;
} & (
  | {
      readonly root: 'product';
      readonly sourceId: string;
      readonly product: Product;
      readonly variants: readonly { readonly sourceId: string; readonly variant: Variant }[];
    }
  | {
      readonly root: 'order';
      readonly sourceId: string;
      readonly order: Order;
      /** Where the status map leads; `order.status` keeps the source's word. */
      readonly state: OrderState;
      /** Target variant of each line, in line order; null: a custom line. */
      readonly lineVariantIds: readonly (string | null)[];
      readonly customerId: string | null;
      /** Hold it so that no warehouse ships it. */
      readonly hold: boolean;
    }
  | { readonly root: 'customer'; readonly sourceId: string; readonly customer: Customer }
);

export type CreateResult =
  /** `complete` false: made only in part (what is missing is completed by patches after the next read). */
  | { readonly outcome: 'created'; readonly stored: StoredRoot; readonly complete: boolean }
  /** The platform says that it (or its unique key) is there already: a look-up result. */
  | { readonly outcome: 'taken'; readonly message: string }
  | Exclude<WriteResult, { readonly outcome: 'stored' } | { readonly outcome: 'stale' }>;

export type Subscription = {
  readonly id: string;
  readonly topic: string;
  readonly url: string;
  readonly status: 'active' | 'paused' | 'disabled';
  /** Why it does not tell all that is needed although it is active (a filter, fields that are left out): to be made anew. Absent: sound. */
  readonly unsound?: string;
};

/** One line of `lockstep check`. */
export type Finding = {
  readonly level: 'ok' | 'warning' | 'problem';
  /** `reachable`, `identity`, `scopes`, `mapping`, `silence` … */
  readonly topic: string;
  readonly message: string;
  readonly remedy?: string;
};

// ── webhooks, without a network ────────────────────────────────────────────────────────────────────────────────

/** What came with a webhook. */
export type WebhookRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type WebhookRead =
  | {
      readonly kind: 'news';
      readonly topic: string;
      readonly root: RootKind;
      readonly rootId: string;
      readonly children?: readonly string[];
      readonly changedAt?: string;
    }
  | {
      readonly kind: 'child';
      readonly topic: string;
      readonly childKind: string;
      readonly childId: string;
      readonly root: RootKind;
      readonly changedAt?: string;
    }
  /** Unsigned by nature (WooCommerce's ping): answered 200, dropped. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'forged' }
  /** Signed, but of no use to this sync (a topic nobody asked for). */
  | { readonly kind: 'ignored'; readonly topic: string }
  /** Signed, but not understood: kept raw, and the kind is swept. */
  | {
      readonly kind: 'unreadable';
      readonly topic: string;
      readonly reason: string;
      readonly root: RootKind | null;
    };

/** Verifies the signature over the raw bytes (constant time, any of several secrets), then finds the root. Pure. */
export type WebhookReader = (request: WebhookRequest, secrets: readonly string[]) => WebhookRead;

// ── how a platform is plugged in ───────────────────────────────────────────────────────────────────────────────

/** Shared rate budget of one store: resolves when `cost` may be spent, in order of priority. */
export type Budget = {
  readonly take: (cost: number, priority: Priority, signal: AbortSignal) => Promise<void>;
  /** What the platform itself says. */
  readonly report: (left: number, capacity: number, perSecond: number) => void;
  /** After a 429: nothing is sent before this many milliseconds have passed. */
  readonly backOff: (ms: number) => void;
};
