import type { CreateResult, Retirement, WriteResult } from '#libs/connectors/store-connector.ts';
import { agreesOn } from '#libs/fields/agree.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import { linksTo } from '#libs/planning/match-root.ts';
import type { ProposedLink } from '#libs/planning/plan-types.ts';
import type { Planned } from './plan-batch.ts';

/** What became of one group's write, apart from what the platform calls it. */
export type Written =
  /** Stored exactly as wanted. */
  | {
      readonly kind: 'stored';
      readonly stored: Readonly<Record<string, FieldValues>>;
      readonly links: readonly ProposedLink[];
      readonly created: boolean;
      /** Source ids that were written onto what was there, by `<entity>:<targetId>`. */
      readonly stamped: Readonly<Record<string, string>>;
    }
  /** Archived, deleted or restored, as its counterpart is gone or back. */
  | { readonly kind: 'retired'; readonly how: Retirement['how'] }
  /** Read again and plan again. */
  | { readonly kind: 'again' }
  /**
   * May have taken effect, or still will: looked at after `landing`. `attempt`: the store is well, so it counts as one; never where
   * something `foreign` answered in its place.
   */
  | { readonly kind: 'unknown'; readonly message: string; readonly attempt: boolean; readonly foreign?: boolean }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'not-stored'; readonly message: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'not-sent' };

/** Compares an answer value by value with what was wanted: a platform may say 200 and keep the old value. */
export function judgePatch({ plan }: Planned, result: WriteResult): Written {
  if (result.outcome !== 'stored') return judgeFailure(result);
  if (plan.decision.kind !== 'patch') throw new Error('Broken invariant: a patch result without a patch');
  for (const { entity, targetId, values } of plan.decision.patch.entities) {
    const stored = result.stored[targetId] ?? {};
    for (const [field, wanted] of Object.entries(values))
      if (!agreesOn(entity, field, wanted, stored[field]))
        return {
          kind: 'not-stored',
          message: `the target answered without an error and kept another ${entity}.${field}`,
        };
  }
  for (const { entity, targetId, sourceId } of plan.decision.patch.stamps ?? [])
    if (result.stamped?.[`${entity}:${targetId}`] !== sourceId)
      return {
        kind: 'not-stored',
        message: `the target answered without an error and did not keep the ${entity}’s source id`,
      };
  return { kind: 'stored', stored: result.stored, links: plan.newLinks, created: false, stamped: result.stamped ?? {} };
}

export function judgeCreation({ read }: Planned, result: CreateResult): Written {
  if (result.outcome === 'created') {
    if (read.source === null) throw new Error('Broken invariant: a creation without a source');
    // Made in part: found again by its source id, and completed by patches, or parked with what is missing.
    if (!result.complete) return { kind: 'again' };
    return {
      kind: 'stored',
      stored: {},
      links: linksTo(read.source, result.stored, 'created'),
      created: true,
      stamped: {},
    };
  }
  // "Already taken" is a look-up result: the look is repeated.
  if (result.outcome === 'taken') return { kind: 'again' };
  return judgeFailure(result);
}

export function judgeRetirement({ how }: Retirement, result: WriteResult): Written {
  return result.outcome === 'stored' ? { kind: 'retired', how } : judgeFailure(result);
}

function judgeFailure(result: Exclude<WriteResult, { outcome: 'stored' }>): Written {
  switch (result.outcome) {
    case 'stale':
      return { kind: 'again' };
    case 'throttled':
      return { kind: 'throttled', retryAfterMs: result.retryAfterMs };
    case 'not-sent':
      return { kind: 'not-sent' };
    case 'unknown':
      return result.foreign === undefined
        ? { kind: 'unknown', message: result.message, attempt: true }
        : { kind: 'unknown', message: result.message, attempt: false, foreign: true };
    case 'refused':
    case 'failed':
      return { kind: result.outcome, message: result.message };
  }
}
