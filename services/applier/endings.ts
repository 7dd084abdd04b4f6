import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import type { News } from '#libs/event-log/news.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { ParkReason, ProposedLink, RootPlan } from '#libs/planning/plan-types.ts';
import type { ApplierDeps, ApplierRule } from './applier-deps.ts';
import { attemptsSoFar, isRetryOutstanding, retryingAfterSuccess, type Attempts } from './attempts.ts';
import type { ReadGroup } from './read-batch.ts';

/** How a group ended, before it is written down. */
export type Ending =
  /** `retired`: what became of the root at the target as its counterpart was gone, or back. */
  | { readonly kind: 'applied'; readonly created: boolean; readonly retired?: 'archived' | 'deleted' | 'restored' }
  | { readonly kind: 'unchanged'; readonly reason: string }
  | { readonly kind: 'out-of-scope' }
  | { readonly kind: 'observed' }
  | { readonly kind: 'differs'; readonly reason?: string }
  /** A failed attempt: the ladder, then parked. */
  | { readonly kind: 'retry'; readonly reason: ParkReason; readonly message: string }
  /** Looked at again after this long; no attempt is used. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly reason: string }
  | {
      readonly kind: 'parked';
      readonly reason: ParkReason;
      readonly message: string;
      readonly fields: readonly string[];
    };

/** What is written down for one ending, in this order: delayed news, facts, outcomes. */
export type Records = {
  readonly delayed: readonly { readonly news: News; readonly afterMs: number }[];
  readonly facts: readonly AnyFactWrite[];
  readonly outcomes: readonly NewsOutcome[];
};

export type EndingInput = {
  readonly settings: PairSettings;
  readonly read: ReadGroup;
  readonly plan: RootPlan | null;
  readonly ending: Ending;
  readonly now: number;
  /** Links that became true. */
  readonly links: readonly ProposedLink[];
  readonly settled: Extract<AnyFactWrite, { kind: 'settled' }>['value'];
  /** What is known since the root was to be archived, deleted or restored; absent: it was not. */
  readonly retired?: readonly AnyFactWrite[];
  /** An additional look after `landing`, a record of its own: milliseconds from now. */
  readonly lookAfterMs: number | null;
  readonly writes: boolean;
  /** The platform could hold a creation twice whose outcome was unknown: it is looked for once more, later. */
  readonly looksForDoubles?: boolean;
  readonly without?: ApplierDeps['without'];
};

/** Turns an ending into records. Pure. */
export function recordEnding(input: EndingInput): Records {
  const { settings, read, ending, now, lookAfterMs, writes } = input;
  const { group } = read;
  const delayed: { news: News; afterMs: number }[] = [];
  const facts: AnyFactWrite[] = [...linkFacts(input)];
  const pair = settings.name;
  let outcome: NewsOutcome['outcome'];
  let reason: string | undefined;
  let message: string | undefined;

  // One look covers all doubts, so it comes when the last of them has passed. A retry is no look: it comes too soon.
  const besideMs = ending.kind === 'retry' && lacks(input, 'look-beside-retry') ? null : lookAfterMs;
  const lookMs = Math.max(besideMs ?? -1, ending.kind === 'later' ? ending.afterMs : -1);
  if (lookMs >= 0) delayed.push({ news: again(input, 'look', group.tries), afterMs: lookMs });
  switch (ending.kind) {
    case 'applied':
    case 'unchanged':
      outcome = ending.kind;
      reason =
        ending.kind === 'unchanged' ? ending.reason : (ending.retired ?? (ending.created ? 'created' : undefined));
      if (writes) facts.push(...healed(input));
      if (writes && endsDoubt(input) && input.looksForDoubles === true)
        delayed.push({ news: again(input, 'look', group.tries), afterMs: settings.timing.lookAgainMs });
      break;
    case 'retry': {
      const step = nextAttempt(input, ending);
      delayed.push(...step.delayed);
      facts.push(...step.facts);
      ({ outcome } = step);
      ({ reason, message } = ending);
      break;
    }
    case 'later':
      outcome = 'delayed';
      ({ reason } = ending);
      break;
    case 'parked':
      outcome = 'parked';
      ({ reason, message } = ending);
      if (writes)
        facts.push({ pair, kind: 'parked', id: group.key, value: parkedValue(input, ending) }, ...dropRetry(input));
      break;
    case 'differs':
      outcome = ending.kind;
      ({ reason } = ending);
      break;
    case 'out-of-scope':
    case 'observed':
      outcome = ending.kind;
  }
  if (writes) facts.push(...(input.retired ?? []));
  if (input.settled !== null && writes) facts.push({ pair, kind: 'settled', id: group.key, value: input.settled });
  return { delayed, facts, outcomes: outcomesOf(input, { outcome, reason, message, now }) };
}

function lacks({ without }: EndingInput, rule: ApplierRule): boolean {
  return without?.has(rule) === true;
}

function linkFacts({ settings, links, now }: EndingInput): readonly AnyFactWrite[] {
  return links.map(({ entity, sourceId, link }) => ({
    pair: settings.name,
    kind: 'link',
    id: `${entity}:${sourceId}`,
    value: { ...link, at: now },
  }));
}

// Whatever was in doubt is found; what was not, and may still land, is not.
function endsDoubt({ read: { creating, links: known, group }, links, now }: EndingInput): boolean {
  const linked = known.has(group.key) || links.some(({ entity, sourceId }) => `${entity}:${sourceId}` === group.key);
  return creating !== null && (linked || creating.until <= now);
}

// Success un-parks, ends the ladder and whatever creation was in doubt, unless it may still land and nothing of it was found.
function healed(input: EndingInput): readonly AnyFactWrite[] {
  const { settings, read, now } = input;
  const { group, parked, retrying, creating } = read;
  const doubtEnds = endsDoubt(input);
  const pair = settings.name;
  return [
    ...(parked === null || lacks(input, 'success-un-parks')
      ? []
      : [{ pair, kind: 'parked' as const, id: group.key, value: null }]),
    ...(retrying === null
      ? []
      : [{ pair, kind: 'retrying' as const, id: group.key, value: retryingAfterSuccess(attemptsOf(input)) }]),
    ...(doubtEnds ? [{ pair, kind: 'creating' as const, id: group.key, value: null }] : []),
    ...(doubtEnds && creating !== null && input.looksForDoubles === true
      ? [
          {
            pair,
            kind: 'doubtful' as const,
            id: group.key,
            value: { since: creating.since, lookAt: now + settings.timing.lookAgainMs },
          },
        ]
      : []),
  ];
}

// One that is still to come stays known: news that un-parks the root must not start another beside it.
function dropRetry(input: EndingInput): readonly AnyFactWrite[] {
  const { settings, read } = input;
  if (read.retrying === null || isRetryOutstanding(attemptsOf(input))) return [];
  return [{ pair: settings.name, kind: 'retrying', id: read.group.key, value: null }];
}

function attemptsOf({ settings, read: { retrying, group }, now }: EndingInput): Attempts {
  return { settings, retrying, news: group.members.map(({ news }) => news), now };
}

type Attempt = {
  readonly outcome: 'delayed' | 'parked';
  readonly delayed: readonly { news: News; afterMs: number }[];
  readonly facts: readonly AnyFactWrite[];
};

function nextAttempt(input: EndingInput, ending: Extract<Ending, { kind: 'retry' }>): Attempt {
  const { settings, read, now } = input;
  const { group, parked } = read;
  const attempts = attemptsOf(input);
  const pair = settings.name;
  // Fresh news of a parked root gets one try without the ladder.
  if (parked !== null && !group.hasRetry && !lacks(input, 'parked-one-try'))
    return { outcome: 'parked', delayed: [], facts: [] };
  // At most one delayed retry of a root is outstanding.
  if (isRetryOutstanding(attempts) && !lacks(input, 'one-retry')) return { outcome: 'delayed', delayed: [], facts: [] };
  const fresh = attempts.news.some(({ tries }) => tries === 0);
  const tries = (fresh && lacks(input, 'tries-kept') ? 0 : attemptsSoFar(attempts)) + 1;
  const afterMs = settings.timing.retriesMs[tries - 1];
  if (afterMs === undefined) {
    const value = parkedValue(input, { ...ending, fields: [] });
    return {
      outcome: 'parked',
      delayed: [],
      facts: [{ pair, kind: 'parked', id: group.key, value: { ...value, tries } }, ...dropRetry(input)],
    };
  }
  return {
    outcome: 'delayed',
    delayed: [{ news: again(input, 'retry', tries), afterMs }],
    facts: [{ pair, kind: 'retrying', id: group.key, value: { tries, until: now + afterMs } }],
  };
}

function parkedValue(
  { read, now, plan }: EndingInput,
  { reason, message, fields }: { reason: ParkReason; message: string; fields: readonly string[] },
) {
  return {
    at: now,
    reason,
    message,
    fields: [...fields],
    tries: read.group.tries,
    entities: (plan?.entities ?? []).map(({ entity }) => entity),
  };
}

function again({ read, settings, now }: EndingInput, via: 'look' | 'retry', tries: number): News {
  const { group } = read;
  const compare = group.members.find(({ news }) => news.kind === 'compare')?.news;
  return {
    v: 1,
    pair: settings.name,
    root: group.root,
    rootId: group.rootId,
    ...(group.children === undefined ? {} : { children: [...group.children] }),
    kind: 'news',
    topic: compare === undefined ? via : 'compare',
    receivedAt: Math.min(...group.members.map(({ news }) => news.receivedAt), now),
    via,
    tries,
    // What the read must not be older than holds for the next attempt as well.
    ...(via === 'retry' && group.changedAt !== null ? { changedAt: group.changedAt } : {}),
  };
}

type End = {
  readonly outcome: NewsOutcome['outcome'];
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly now: number;
};

function outcomesOf({ read, plan }: EndingInput, { outcome, reason, message }: End): readonly NewsOutcome[] {
  const { group, source } = read;
  // A comparison that came together with other news found no drift: what differs is in flight.
  const bearer = group.members.findLast(({ news }) => news.kind !== 'compare') ?? group.members.at(-1);
  return group.members.map(({ offset, news }) => {
    const base = {
      offset,
      root: group.key,
      kind: news.kind,
      via: news.via,
      receivedAt: news.receivedAt,
      ...(news.run === undefined ? {} : { run: news.run }),
    };
    if (bearer !== undefined && offset !== bearer.offset)
      return { ...base, outcome: 'coalesced', coalescedInto: bearer.offset };
    return {
      ...base,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      sourceChangedAt: source?.changedAt ?? null,
      entities: [...(plan?.entities ?? [])].map((entity) =>
        entity.outcome === 'differs' && outcome !== 'differs' ? { ...entity, outcome } : entity,
      ),
      differences: [...(plan?.differences ?? [])],
    };
  });
}
