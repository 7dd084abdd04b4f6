import type { Parked } from '#libs/facts/fact-kinds.ts';
import type { FieldDifference, Outcome } from '#libs/journal/journal-records.ts';

/** Why the stores differ. "Cannot tell" is an answer. */
export const CAUSES = [
  // It changed at the source after the last settle, no webhook of it came, and none is to be expected any more.
  'missed-webhook',
  // The shop is followed by sweeps alone, and none has found it for longer than its change may take to show.
  'missed-by-sweep',
  // Its webhook came, but only after the comparison had found it and later than `timing.lateAfter`.
  'late-webhook',
  // The source's value moved while its clock stood still (a direct write to its database, say).
  'silent-at-source',
  // The news was there, and could not be applied; what is parked tells why.
  'failed-apply',
  // The target no longer holds what we last saw or wrote there, while the source still says the same.
  'target-edited',
  // It differed already when the plan was approved, or nothing is approved yet.
  'before-approval',
  'new-at-source',
  'unlinked',
  'ambiguous',
  'unmapped-value',
  'deleted-at-source',
  // It is there again, and what Lockstep had archived at the target still was.
  'back-at-source',
  'only-on-target',
  // Kept as it is since approval.
  'inherited',
  // A person, or a brake, holds the field.
  'held',
  // The target holds what it stored when this very value was last sent: they agree in the target's own words.
  'normalised',
  // Changed moments ago; its news has not had the time to come.
  'under-way',
  'inconclusive',
] as const;
export type Cause = (typeof CAUSES)[number];

/** Causes that are no drift: told, and counted apart. */
export const NO_DRIFT: ReadonlySet<Cause> = new Set<Cause>([
  'under-way',
  'inherited',
  'normalised',
  'only-on-target',
  'deleted-at-source',
]);

/** News of the root as the journal tells how it ended. */
export type HeardNews = {
  readonly via: string;
  readonly receivedAt: number;
  readonly outcome: Outcome;
  /** The source's clock as the read for this news showed it. */
  readonly sourceChangedAt: string | null;
  /** What was read for it (`<entity>:<sourceId>`); undefined: not told, as where nothing could be read. */
  readonly entities?: readonly string[];
};

export type CauseInput = {
  /** A differing field; null: the whole entity is missing on one side. */
  readonly difference: Pick<FieldDifference, 'field' | 'entity' | 'baseline' | 'withheld'> | null;
  readonly onlyOnTarget: boolean;
  /** How the comparison's own look at the root ended. */
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** The source still says what it said when the root was last settled; null: the field was never settled. */
  readonly wantedAgain: boolean | null;
  /** A call of our own for this field, no earlier than `lateAfter` before the last settle, was never answered: it may have landed since. */
  readonly ownCallInDoubt: boolean;
  readonly sourceChangedAt: string | null;
  readonly sourceCreatedAt: string | null;
  /** When both sides were last known to agree, before the comparison looked; null: never. */
  readonly settled: {
    readonly at: number;
    /** When the read of the source that it rests on began at the earliest; undefined: not known. */
    readonly readAt?: number | undefined;
    readonly changedAt: string | null;
  } | null;
  readonly parked: Pick<Parked, 'reason' | 'fields'> | null;
  /** News of the root other than comparisons, in any order. */
  readonly news: readonly HeardNews[];
  /** When the comparison published its question. */
  readonly askedAt: number;
  readonly now: number;
  readonly lateAfterMs: number;
  /** When the plan was approved; null: not by a plan. */
  readonly approvedAt: number | null;
  /** The source is followed by sweeps alone; absent: by webhooks as well. */
  readonly webhooksOff?: boolean;
  /** Nothing is approved yet, so nothing is written. */
  readonly observing: boolean;
  /** From when on the pair is followed: what changed before is not news. */
  readonly followedSince: number | null;
};

/** Names the cause of one difference. Pure. */
export function findCause(input: CauseInput): Cause {
  if (input.onlyOnTarget) return 'only-on-target';
  return (
    fromReason(input) ?? (input.difference === null ? missingAtTarget(input) : fromValues(input, input.difference))
  );
}

// Reasons of the applier that speak of a root which the source has no longer, or has again.
const GONE: Readonly<Record<string, Cause>> = {
  'deleted-at-source': 'deleted-at-source',
  archived: 'deleted-at-source',
  deleted: 'deleted-at-source',
  'back-at-source': 'back-at-source',
  restored: 'back-at-source',
};

/** Whether the applier ended with a reason that speaks of the root being gone from the source, or back. */
export function isOfRetirement(reason: string | undefined): boolean {
  return reason !== undefined && Object.hasOwn(GONE, reason);
}

function fromReason({ reason, outcome, difference, parked }: CauseInput): Cause | null {
  const gone = reason === null ? undefined : GONE[reason];
  if (gone !== undefined) return gone;
  // A product whose one variant has no counterpart is parked as well, and its others are written all the same.
  if (reason === 'ambiguous' || (reason === 'unlinked' && difference === null)) return reason;
  if (reason === 'held' || reason === 'config-not-approved') return 'held';
  const withheld = difference?.withheld;
  if (withheld === 'inherited' || withheld === 'held' || withheld === 'unmapped-value') return withheld;
  if (reason === 'unmapped-value' && difference === null) return 'unmapped-value';
  const besideOthers = reason === 'unmapped-value' || reason === 'unlinked';
  if (outcome === 'delayed' || (outcome === 'parked' && !besideOthers)) return 'failed-apply';
  return parked !== null && concerns(parked, difference) ? 'failed-apply' : null;
}

// A root parked for one field alone says nothing about another one that was written beside it.
function concerns(parked: Pick<Parked, 'reason' | 'fields'>, difference: CauseInput['difference']): boolean {
  if (parked.reason === 'ambiguous' || parked.reason === 'unlinked') return false;
  if (difference === null) return true;
  if (parked.fields.length === 0) return true;
  const short = difference.field.slice(difference.field.indexOf('.') + 1);
  const names = new Set([difference.field, `${difference.entity}/${short}`, short]);
  return parked.fields.some((field) => names.has(field));
}

function missingAtTarget(input: CauseInput): Cause {
  const { sourceCreatedAt, now, lateAfterMs } = input;
  const created = time(sourceCreatedAt);
  if (created !== null && now - created < lateAfterMs) return 'under-way';
  return 'new-at-source';
}

function fromValues(input: CauseInput, { baseline }: NonNullable<CauseInput['difference']>): Cause {
  // The source did not move in this field, so the target did, or it never took the value in these words.
  if (input.observing) return 'before-approval';
  if (input.wantedAgain === true) return baseline === 'same' ? 'normalised' : targetMoved(input);
  const moved = clockMoved(input);
  if (moved === 'yes') return fromNews(input);
  if (input.wantedAgain === false) return moved === 'no' ? 'silent-at-source' : 'inconclusive';
  if (baseline === 'moved') return targetMoved(input);
  // What was not agreed on when the plan looked, and has not moved since, is what the plan was about.
  const { settled, approvedAt } = input;
  const planned = settled !== null && approvedAt !== null && settled.at <= approvedAt;
  return planned && moved === 'no' && input.wantedAgain === null ? 'before-approval' : 'inconclusive';
}

// What stands there may be what we sent ourselves.
function targetMoved({ ownCallInDoubt }: CauseInput): Cause {
  return ownCallInDoubt ? 'inconclusive' : 'target-edited';
}

function clockMoved(input: CauseInput): 'yes' | 'no' | 'unknown' {
  const { sourceChangedAt, settled, followedSince } = input;
  const changed = time(sourceChangedAt);
  const before = settled === null ? followedSince : time(settled.changedAt);
  if (changed === null || before === null) return 'unknown';
  if (changed !== before) return changed > before ? 'yes' : 'no';
  return settled === null || readLater(input, changed) ? 'no' : 'unknown';
}

/** Source clocks have a grain of a second, and may be a little ahead of ours. */
const GRAIN_MS = 2_000;

// What was changed again within the second of the read, and after it, moved its clock as well: only a later read tells that it did not.
function readLater({ settled, news, askedAt }: CauseInput, changed: number): boolean {
  const reads = news.flatMap((one) =>
    one.receivedAt < askedAt && time(one.sourceChangedAt) === changed && hasSettled(one) ? [one.receivedAt] : [],
  );
  return Math.max(settled?.readAt ?? -Infinity, ...reads) >= changed + GRAIN_MS;
}

function hasSettled({ outcome }: HeardNews): boolean {
  return outcome === 'applied' || outcome === 'unchanged';
}

function fromNews(input: CauseInput): Cause {
  const { now, askedAt, lateAfterMs } = input;
  const changed = time(input.sourceChangedAt) ?? now;
  const heard = input.news.filter((news) => tellsOf(news, changed));
  if (heard.some(({ outcome }) => outcome === 'delayed' || outcome === 'parked')) return 'failed-apply';
  const webhook = heard.find(({ via }) => via === 'webhook');
  if (webhook === undefined && now - changed < lateAfterMs) return 'under-way';
  if (webhook === undefined) return input.webhooksOff === true ? 'missed-by-sweep' : 'missed-webhook';
  // It came before the comparison asked, its read saw the change, and still nothing was settled.
  if (webhook.receivedAt < askedAt) return 'inconclusive';
  if (webhook.receivedAt - changed <= lateAfterMs) return 'under-way';
  // Its read saw a later change, and may have been of that one: then this one's never came.
  return time(webhook.sourceChangedAt) === changed ? 'late-webhook' : 'inconclusive';
}

/**
 * Whether this news can be the one of the change. Source clocks have a one-second grain, so being received after it is not
 * enough: the read that followed must have seen the change as well, unless there was none.
 */
function tellsOf({ receivedAt, outcome, sourceChangedAt }: HeardNews, changed: number): boolean {
  if (receivedAt < changed) return false;
  const seen = time(sourceChangedAt);
  return outcome === 'delayed' || outcome === 'parked' || seen === null || seen >= changed;
}

function time(text: string | null): number | null {
  if (text === null) return null;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? null : parsed;
}
