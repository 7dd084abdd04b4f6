import { describe, expect, test } from 'vitest';

import type { FieldDifference, NewsOutcome } from '#libs/journal/journal-records.ts';
import { judgeRoot, type JudgeInput } from '../../../services/reconciler/judge-root.ts';
import type { Candidate } from '../../../services/reconciler/run-file.ts';
import { aProduct, fingerprint, NOW } from './fake-stores.ts';

const QUANTITY: FieldDifference = {
  entity: 'variant:v1',
  field: 'variant.quantity',
  source: 3,
  target: 5,
  baseline: 'same',
};

function anAnswer(over: Partial<NewsOutcome> = {}): NewsOutcome {
  return {
    offset: 1,
    root: 'product:1',
    kind: 'compare',
    via: 'compare',
    outcome: 'applied',
    receivedAt: NOW,
    sourceChangedAt: '2026-11-22T00:00:00Z',
    entities: [],
    differences: [QUANTITY],
    ...over,
  };
}

function judge(over: Partial<Candidate>, input: Partial<JudgeInput> = {}) {
  const candidate: Candidate = {
    root: 'product',
    rootId: '1',
    loose: [],
    askedAt: NOW,
    before: null,
    answer: { outcome: anAnswer(), beside: false },
    verified: null,
    ...over,
  };
  return judgeRoot({
    candidate,
    source: aProduct({ id: '1', quantity: 3, changedAt: '2026-11-22T00:00:00Z' }),
    target: null,
    loose: [],
    news: [],
    doubted: new Set(),
    fingerprint,
    now: NOW,
    lateAfterMs: 900_000,
    approvedAt: null,
    observing: false,
    followedSince: Date.parse('2026-11-02T00:00:00Z'),
    ...input,
  });
}

describe('what is gone from the source', () => {
  const noFields = { differences: [], entities: [{ entity: 'product:1', label: null, outcome: 'applied' as const }] };

  test.each([
    ['kept by policy', { outcome: 'unchanged', reason: 'deleted-at-source' }, 'deleted-at-source', 'kept'],
    ['archived, and seen again', { outcome: 'applied', reason: 'archived' }, 'deleted-at-source', 'repaired'],
    [
      'to be archived, when nothing was written',
      { outcome: 'differs', reason: 'deleted-at-source' },
      'deleted-at-source',
      'left',
    ],
    ['back, and restored', { outcome: 'applied', reason: 'restored' }, 'back-at-source', 'repaired'],
  ] as const)('is told as %s', (_, over, cause, status) => {
    const answer = { outcome: anAnswer({ ...noFields, ...over }), beside: false };
    const verified = { outcome: anAnswer({ ...noFields, outcome: 'unchanged' }), beside: false };

    expect(judge({ answer, verified })).toMatchObject([{ entity: 'product:1', field: null, cause, status }]);
  });
});

const looked = (over: Partial<NewsOutcome>) => ({ outcome: anAnswer(over), beside: false });

describe('a root that was asked about', () => {
  test('without an answer yet says nothing', () => {
    expect(judge({ answer: null })).toEqual([]);
  });

  test('counts as repaired only after a second look', () => {
    expect(judge({}).map(({ status }) => status)).toEqual(['left']);
    expect(judge({ verified: looked({ outcome: 'unchanged', differences: [] }) }).map(({ status }) => status)).toEqual([
      'repaired',
    ]);
  });

  test('is not repaired when the second look was delayed, or never answered', () => {
    expect(judge({ verified: looked({ outcome: 'delayed', differences: [] }) })[0]?.status).toBe('left');
    expect(judge({ verified: { outcome: null, beside: false } })[0]?.status).toBe('left');
  });

  test('that came together with other news is no drift', () => {
    expect(judge({ answer: { outcome: anAnswer(), beside: true } })).toEqual([]);
  });

  test('that came together with other news and failed is', () => {
    const answer = { outcome: anAnswer({ outcome: 'parked', reason: 'refused' }), beside: true };

    expect(judge({ answer }).map(({ cause }) => cause)).toEqual(['failed-apply']);
  });

  test('out of scope is no drift', () => {
    expect(judge({ answer: looked({ outcome: 'out-of-scope' }) })).toEqual([]);
  });

  test('still tells its differences when the pair is closed and nothing is written any more', () => {
    const answer = looked({ outcome: 'unchanged', reason: 'closed' });

    expect(judge({ answer }).map(({ cause, status }) => [cause, status])).toEqual([['missed-webhook', 'left']]);
  });

  test('whose plan leaves a difference out on purpose has no drift in it', () => {
    expect(judge({ answer: looked({ outcome: 'unchanged', reason: 'kept' }) })).toEqual([]);
    expect(judge({ verified: looked({ outcome: 'unchanged', reason: 'kept' }) })).toEqual([]);
  });

  test('beside a value without a mapping has its other fields repaired', () => {
    const unmapped: FieldDifference = { ...QUANTITY, field: 'variant.price', withheld: 'unmapped-value' };
    const answer = looked({ outcome: 'parked', reason: 'unmapped-value', differences: [QUANTITY, unmapped] });
    const verified = looked({ outcome: 'parked', reason: 'unmapped-value', differences: [unmapped] });

    expect(judge({ answer, verified }).map(({ cause, status }) => [cause, status])).toEqual([
      ['missed-webhook', 'repaired'],
      ['unmapped-value', 'left'],
    ]);
  });

  test('names variants that still have no counterpart', () => {
    const answer = looked({ outcome: 'unchanged', differences: [] });

    expect(judge({ answer }, { loose: ['v9'] })).toEqual([
      expect.objectContaining({ entity: 'variant:v9', cause: 'unlinked', status: 'left', field: null }),
    ]);
  });

  describe('compares what the source said with what it said when it was settled', () => {
    const settled = {
      at: NOW - 1,
      changedAt: '2026-11-21T00:00:00Z',
      print: null,
      wanted: { 'variant:v1/quantity': fingerprint(3) },
      stored: {},
    };
    const cause = (difference: Partial<FieldDifference>) => {
      const answer = looked({ differences: [{ ...QUANTITY, ...difference }] });
      return judge({ answer, before: { settled, parked: null } }).map((finding) => finding.cause);
    };

    test('before the target’s own vocabulary', () => {
      // The target says 300 grams where the source said 3.
      expect(cause({ source: 300, said: fingerprint(3), baseline: 'moved' })).toEqual(['target-edited']);
      expect(cause({ source: 3, said: fingerprint(2), baseline: 'moved' })).toEqual(['missed-webhook']);
    });

    test('and by the values themselves where an older version wrote no print', () => {
      expect(cause({ source: 3, baseline: 'moved' })).toEqual(['target-edited']);
      expect(cause({ source: 7, baseline: 'moved' })).toEqual(['missed-webhook']);
    });
  });
});
