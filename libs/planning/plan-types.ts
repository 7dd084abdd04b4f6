import type { FactValue, Link, Settled } from '#libs/facts/fact-kinds.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import type { EntityOutcome, FieldDifference } from '#libs/journal/journal-records.ts';
import type {
  EntityStamp,
  Retirement,
  RootDraft,
  RootPatch,
  StoreConnector,
} from '#libs/connectors/store-connector.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';

/** Links of a root and of the entities in it, by `<entity>:<sourceId>`. */
export type RootLinks = ReadonlyMap<string, Link>;

/** Everything a plan depends on; it reads no clock, store or config. */
export type PlanInput = {
  readonly settings: PairSettings;
  readonly root: RootKind;
  readonly rootId: string;
  /** As the source holds it now; null: it is not there. */
  readonly source: StoredRoot | null;
  readonly links: RootLinks;
  /** What the look-up found for a root without a link. */
  readonly match: RootMatch | null;
  /** As the target holds it now; null: no link, or it is gone. */
  readonly target: StoredRoot | null;
  readonly settled: Settled | null;
  /** What Lockstep itself archived or deleted of it, or is about to; absent: nothing. */
  readonly retired?: FactValue<'retired'> | null;
  /** Its creation was begun, and nobody saw how it ended: what is found of it may be half made. */
  readonly unfinished?: boolean;
  /** A person has set it aside: nothing is made, linked or written of it. */
  readonly ignored?: boolean;
  /** A write to it failed, or nobody saw how it ended: what it did in several calls may be half done. */
  readonly interrupted?: boolean;
  /** It has waited for what it refers to as long as it may; absent: it has not. */
  readonly waited?: boolean;
  readonly inherited: FactValue<'inherited'> | null;
  /** Held fields; `*` holds the pair. */
  readonly held: ReadonlySet<string>;
  /** Links of what the root refers to: an order's variants and customer, by `<entity>:<sourceId>`. */
  readonly references: RootLinks;
  readonly express: StoreConnector['express'];
  readonly capabilities: Pick<
    StoreConnector['capabilities'],
    'creatable' | 'writable' | 'stampable' | 'holdsOrders' | 'completes' | 'cancelsShipped'
  >;
  readonly fingerprint: Fingerprint;
};

/** What the look-up at the target says about a source root that has no link. */
export type RootMatch =
  | {
      readonly kind: 'one';
      readonly target: StoredRoot;
      readonly by: Link['by'];
      readonly links: readonly ProposedLink[];
    }
  /** Several candidates, or one that is not unique on both sides. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  | { readonly kind: 'none' };

export type ProposedLink = { readonly entity: string; readonly sourceId: string; readonly link: Omit<Link, 'at'> };

export type SkipReason =
  /** The target agrees on every selected field: duplicates and our own echoes end here. */
  | 'unchanged'
  /** The config's scope leaves it out; the comparison does not count it as drift either. */
  | 'out-of-scope'
  /** It is gone at the source, and the policy keeps it at the target. */
  | 'deleted-at-source'
  /** It was never at the target, and the config does not create it. */
  | 'not-created'
  /** All that differs is kept as it is since approval, held, or ignored by the map. */
  | 'kept';

export type ParkReason =
  | 'ambiguous'
  | 'unlinked'
  | 'target-missing'
  | 'unmapped-value'
  | 'impossible-transition'
  | 'parent-missing'
  | 'total-differs'
  | 'doubled'
  | 'refused'
  | 'failed'
  | 'not-stored'
  | 'unsupported'
  | 'undecodable';

export type Decision =
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'patch'; readonly patch: RootPatch }
  | { readonly kind: 'create'; readonly draft: RootDraft }
  /** It is gone from the source, or back there: the target follows as the policy says. */
  | { readonly kind: 'retire'; readonly retirement: Retirement }
  /** References that must be linked first: news of these roots is published, then it is tried again. */
  | {
      readonly kind: 'wait';
      readonly reason: 'parent-missing';
      readonly needs: readonly { readonly root: RootKind; readonly rootId: string }[];
    }
  | { readonly kind: 'park'; readonly reason: ParkReason; readonly message: string };

export type RootPlan = {
  readonly decision: Decision;
  /** Every selected field that differs, whether or not it is written. */
  readonly differences: readonly FieldDifference[];
  readonly entities: readonly EntityOutcome[];
  /** Links that hold once this plan is carried out (facts are written by whoever carries it out). */
  readonly newLinks: readonly ProposedLink[];
  /** Fields that no map or target vocabulary covers: the root is parked `unmapped-value`, the rest is written. */
  readonly withheld: Readonly<Record<string, string>>;
  /** Variants of a linked product that have no counterpart in it: the root is parked `unlinked`, the rest is written. */
  readonly leftOut: LeftOut | null;
  /** Linked entities that carry no source id and are to: written as soon as their link is a fact. A missing one is no drift. */
  readonly stamps: readonly EntityStamp[];
};

export type LeftOut = {
  readonly reason: Extract<ParkReason, 'unlinked' | 'total-differs'>;
  /** `variant:<sourceId>` of each. */
  readonly entities: readonly string[];
  readonly message: string;
};
