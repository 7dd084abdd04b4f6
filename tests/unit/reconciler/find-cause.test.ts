import { describe, expect, test } from 'vitest';

import {
  CAUSES,
  findCause,
  NO_DRIFT,
  type CauseInput,
  type HeardNews,
} from '../../../services/reconciler/find-cause.ts';

const NOW = Date.parse('2026-11-23T02:00:00Z');
const LATE = 900_000;
const ago = (ms: number) => new Date(NOW - ms).toISOString();

/** A stock that the source changed an hour ago, two hours after it was last settled, without any news. */
function aCase(over: Partial<CauseInput> = {}): CauseInput {
  return {
    difference: { field: 'variant.quantity', entity: 'variant:7', baseline: 'same' },
    onlyOnTarget: false,
    outcome: 'applied',
    reason: null,
    wantedAgain: false,
    ownCallInDoubt: false,
    sourceChangedAt: ago(3_600_000),
    sourceCreatedAt: '2026-01-01T00:00:00Z',
    settled: { at: NOW - 7_100_000, readAt: NOW - 7_100_000, changedAt: ago(7_200_000) },
    parked: null,
    news: [],
    askedAt: NOW - 1_000,
    now: NOW,
    lateAfterMs: LATE,
    approvedAt: NOW - 86_400_000,
    observing: false,
    followedSince: NOW - 86_400_000,
    ...over,
  };
}

function aWebhook(over: Partial<HeardNews> = {}): HeardNews {
  return { via: 'webhook', receivedAt: NOW - 500, outcome: 'applied', sourceChangedAt: ago(3_600_000), ...over };
}

describe('news that was missed', () => {
  test('a change after the last settle without any news is a missed webhook', () => {
    expect(findCause(aCase())).toBe('missed-webhook');
  });

  test('where webhooks are off, it is what no sweep found, and under way as long as it may be', () => {
    expect(findCause(aCase({ webhooksOff: true }))).toBe('missed-by-sweep');
    expect(findCause(aCase({ webhooksOff: true, sourceChangedAt: ago(LATE - 1) }))).toBe('under-way');
  });

  test('a change of moments ago without news is under way', () => {
    expect(findCause(aCase({ sourceChangedAt: ago(LATE - 1) }))).toBe('under-way');
  });

  test('at exactly lateAfter the webhook counts as missed', () => {
    expect(findCause(aCase({ sourceChangedAt: ago(LATE) }))).toBe('missed-webhook');
  });

  test('a webhook of an earlier change does not excuse the missing one', () => {
    const news = [aWebhook({ receivedAt: NOW - 7_000_000, sourceChangedAt: ago(7_200_000) })];

    expect(findCause(aCase({ news }))).toBe('missed-webhook');
  });

  test('a webhook received in the same second, whose read did not see the change, was of an earlier one', () => {
    const news = [aWebhook({ receivedAt: NOW - 3_599_500, sourceChangedAt: ago(3_601_000) })];

    expect(findCause(aCase({ news }))).toBe('missed-webhook');
  });

  test('a webhook that came after the question and after lateAfter is late', () => {
    expect(findCause(aCase({ news: [aWebhook()] }))).toBe('late-webhook');
  });

  test('a late webhook may be of a later change, if that is what its read saw', () => {
    const sourceChangedAt = ago(1_000);

    expect(findCause(aCase({ news: [aWebhook({ sourceChangedAt })] }))).toBe('inconclusive');
  });

  test('a webhook that came after the question but in time was under way', () => {
    const sourceChangedAt = ago(60_000);

    expect(findCause(aCase({ sourceChangedAt, news: [aWebhook({ sourceChangedAt })] }))).toBe('under-way');
  });

  test('a webhook that came in time and was applied leaves no explanation', () => {
    expect(findCause(aCase({ news: [aWebhook({ receivedAt: NOW - 3_000_000 })] }))).toBe('inconclusive');
  });

  test('the sweep having told of it does not make the webhook come', () => {
    expect(findCause(aCase({ news: [aWebhook({ via: 'sweep' })] }))).toBe('missed-webhook');
  });

  test('a root that was never settled counts from when the pair was followed', () => {
    expect(findCause(aCase({ settled: null, wantedAgain: null, difference: plain('none') }))).toBe('missed-webhook');
  });
});

describe('news that failed', () => {
  test.each(['delayed', 'parked'] as const)('news of the change that ended %s is a failed apply', (outcome) => {
    const news = [aWebhook({ receivedAt: NOW - 3_000_000, outcome, sourceChangedAt: null })];

    expect(findCause(aCase({ news }))).toBe('failed-apply');
  });

  test('a root whose comparison was delayed is a failed apply', () => {
    expect(findCause(aCase({ outcome: 'delayed', reason: 'failed' }))).toBe('failed-apply');
  });

  test('a root that the target refuses is a failed apply', () => {
    expect(findCause(aCase({ outcome: 'parked', reason: 'refused', difference: null }))).toBe('failed-apply');
  });

  test('what was parked before the comparison, and is written by it, failed before', () => {
    expect(findCause(aCase({ parked: { reason: 'refused', fields: [] } }))).toBe('failed-apply');
  });

  test.each(['variant.quantity', 'variant:7/quantity'])('a root parked for this very field (%s) failed', (field) => {
    expect(findCause(aCase({ parked: { reason: 'refused', fields: [field] } }))).toBe('failed-apply');
  });

  test('a root parked for another field says nothing about this one', () => {
    expect(findCause(aCase({ parked: { reason: 'unmapped-value', fields: ['order:1/status'] } }))).toBe(
      'missed-webhook',
    );
  });

  test('a root that was parked as unlinked, and is linked by now, did not fail', () => {
    expect(findCause(aCase({ parked: { reason: 'unlinked', fields: [] } }))).toBe('missed-webhook');
  });
});

describe('values that moved elsewhere', () => {
  test('a source that says the same while the target moved was edited at the target', () => {
    expect(findCause(aCase({ wantedAgain: true, difference: plain('moved') }))).toBe('target-edited');
  });

  test('an edit is one although another field of the root changed at the source since', () => {
    const edited = aCase({ wantedAgain: true, difference: plain('moved'), sourceChangedAt: ago(60_000) });

    expect(findCause(edited)).toBe('target-edited');
  });

  test('where a call of ours was never answered, it may be that call which stands there', () => {
    const ownCallInDoubt = true;

    expect(findCause(aCase({ wantedAgain: true, difference: plain('moved'), ownCallInDoubt }))).toBe('inconclusive');
    expect(findCause(aCase({ wantedAgain: true, difference: plain('same'), ownCallInDoubt }))).toBe('normalised');
  });

  test('a source that says the same as was agreed, without a write of ours, was edited at the target', () => {
    expect(findCause(aCase({ wantedAgain: true, difference: plain('none') }))).toBe('target-edited');
  });

  test('a target that still holds what it stored for this very value agrees in its own words', () => {
    expect(findCause(aCase({ wantedAgain: true, difference: plain('same') }))).toBe('normalised');
  });

  test('a source value that moved while its clock stood still is silent', () => {
    expect(findCause(aCase({ sourceChangedAt: ago(7_200_000) }))).toBe('silent-at-source');
  });

  describe('a change in the very second of the change before it moves its clock no further', () => {
    const changedAt = ago(7_200_000);
    const readAt = NOW - 7_200_000 + 700;
    const again = { sourceChangedAt: changedAt, settled: { at: NOW - 7_000_000, readAt, changedAt } };

    test('so what was read within that second tells nothing', () => {
      expect(findCause(aCase(again))).toBe('inconclusive');
    });

    test('nor does a settle of which nobody knows when it was read', () => {
      expect(findCause(aCase({ ...again, settled: { at: NOW, changedAt } }))).toBe('inconclusive');
    });

    test('what was heard and read later tells that it stood still', () => {
      const news = [aWebhook({ receivedAt: NOW - 7_000_000, outcome: 'unchanged', sourceChangedAt: changedAt })];

      expect(findCause(aCase({ ...again, news }))).toBe('silent-at-source');
    });

    test.each([
      ['came after the question', { receivedAt: NOW - 500 }],
      ['could not be settled', { receivedAt: NOW - 7_000_000, outcome: 'delayed' as const }],
    ])('unless that news %s', (_, over) => {
      const news = [aWebhook({ via: 'sweep', outcome: 'unchanged', sourceChangedAt: changedAt, ...over })];

      expect(findCause(aCase({ ...again, news }))).not.toBe('silent-at-source');
    });
  });

  test('a source without a clock cannot be told silent from missed', () => {
    expect(findCause(aCase({ sourceChangedAt: null }))).toBe('inconclusive');
  });

  test('a settle without a clock cannot be told either', () => {
    expect(findCause(aCase({ settled: { at: NOW, changedAt: null } }))).toBe('inconclusive');
  });

  test('a field never settled whose target moved from our write was edited there', () => {
    const input = aCase({ wantedAgain: null, difference: plain('moved'), sourceChangedAt: ago(7_200_000) });

    expect(findCause(input)).toBe('target-edited');
  });

  test('a field never settled on a source that did not move cannot be explained', () => {
    const input = aCase({ wantedAgain: null, difference: plain('none'), sourceChangedAt: ago(7_200_000) });

    expect(findCause(input)).toBe('inconclusive');
  });

  test('a pair without a date of its own cannot explain what was never settled', () => {
    const input = aCase({ wantedAgain: null, settled: null, followedSince: null, difference: plain('none') });

    expect(findCause(input)).toBe('inconclusive');
  });

  test('a clock that is no time counts as none', () => {
    expect(findCause(aCase({ sourceChangedAt: 'soon' }))).toBe('inconclusive');
  });
});

describe('what was before approval', () => {
  test('a pair that is only observed has nothing but what was before', () => {
    expect(findCause(aCase({ observing: true }))).toBe('before-approval');
  });

  test('what was not agreed on when the plan looked, and has not moved since, is what the plan was about', () => {
    const settled = { at: NOW - 90_000_000, readAt: NOW - 90_000_000, changedAt: ago(93_600_000) };

    const sourceChangedAt = settled.changedAt;
    const planned = aCase({ settled, sourceChangedAt, wantedAgain: null, difference: plain('none') });

    expect(findCause(planned)).toBe('before-approval');
  });

  test('what was seen to differ only after approval is not', () => {
    const settled = { at: NOW - 7_200_000, changedAt: ago(3_600_000) };

    expect(findCause(aCase({ settled, wantedAgain: null, difference: plain('none') }))).toBe('inconclusive');
  });
});

describe('whole entities', () => {
  test('what the target lacks is new at the source', () => {
    expect(whole({ sourceCreatedAt: ago(LATE) })).toBe('new-at-source');
  });

  test('what was made moments ago is under way', () => {
    expect(whole({ sourceCreatedAt: ago(LATE - 1) })).toBe('under-way');
  });

  test('what has no birthday is new', () => {
    expect(whole({ sourceCreatedAt: null })).toBe('new-at-source');
  });

  test.each(['ambiguous', 'unlinked', 'unmapped-value'] as const)('parked as %s is its own cause', (reason) => {
    expect(whole({ outcome: 'parked', reason })).toBe(reason);
  });

  test('what the source no longer has was deleted there', () => {
    expect(whole({ outcome: 'unchanged', reason: 'deleted-at-source' })).toBe('deleted-at-source');
  });

  test('what nobody linked is only on the target', () => {
    expect(whole({ onlyOnTarget: true })).toBe('only-on-target');
  });

  test('a pair on hold is held, not failed', () => {
    expect(whole({ outcome: 'delayed', reason: 'held' })).toBe('held');
    expect(whole({ outcome: 'delayed', reason: 'config-not-approved' })).toBe('held');
  });
});

describe('fields that are kept', () => {
  test.each(['inherited', 'held', 'unmapped-value'] as const)('a field withheld as %s says so', (withheld) => {
    expect(findCause(aCase({ difference: { ...plain('same'), withheld } }))).toBe(withheld);
  });

  test('beside an unmapped field another one keeps its own cause', () => {
    expect(findCause(aCase({ outcome: 'parked', reason: 'unmapped-value' }))).toBe('missed-webhook');
  });
});

test('every cause that is no drift is a cause', () => {
  for (const cause of NO_DRIFT) expect(CAUSES).toContain(cause);
});

function plain(baseline: 'same' | 'moved' | 'none'): NonNullable<CauseInput['difference']> {
  return { field: 'variant.quantity', entity: 'variant:7', baseline };
}

function whole(over: Partial<CauseInput>) {
  return findCause(aCase({ difference: null, wantedAgain: null, ...over }));
}
