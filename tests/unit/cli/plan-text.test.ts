import { describe, expect, test } from 'vitest';

import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { ShownLine, ShownPlan } from '../../../cli/plan-handlers.ts';
import { planText } from '../../../cli/plan-text.ts';
import { syncedLines } from '../../../cli/sync.ts';
import type { Synced } from '../../../cli/sync-handler.ts';

const LINE: ShownLine = {
  kind: 'planned',
  root: 'product:14',
  entity: 'variant:15',
  label: 'SIM-014',
  title: 'Linen shirt',
  field: 'variant.quantity',
  source: 3,
  target: 5,
  hidden: false,
  reason: null,
};
const COUNTS = { planned: 0, inherited: 0, create: 0, retire: 0, ambiguous: 0, unlinked: 0, withheld: 0 };

function aPlan(change: Partial<ShownPlan['plan']>, lines: readonly ShownLine[] = []): ShownPlan {
  const plan = {
    id: 'p1',
    at: 0,
    configHash: 'c',
    counts: COUNTS,
    onlyOnTarget: 0,
    newLinks: 0,
    stamps: 0,
    compared: {},
    plannedByField: {},
    createByRoot: {},
    file: 'p1.sqlite',
    ...change,
  };
  return { pair: 'acme', plan, lines, creationMs: 0 };
}

describe('a plan', () => {
  test('shows from which value to which, some lines, and all in numbers', () => {
    const counts = { ...COUNTS, planned: 3, inherited: 2, create: 1 };
    const create = { ...LINE, kind: 'create' as const, entity: 'order:1102', label: '#1102', title: null, field: null };

    const text = planText(
      aPlan({ counts, plannedByField: { 'variant.quantity': 3 }, createByRoot: { order: 1 } }, [LINE, create]),
    );

    expect(text).toEqual([
      'variant  SIM-014  quantity  5 → 3',
      'order    #1102    create',
      '… 2 more',
      'By field: variant.quantity 3; to create: 1 order; kept as it is: 2 fields',
    ]);
  });

  test('shows no personal value', () => {
    const hidden = { ...LINE, entity: 'customer:7', field: 'customer.email', hidden: true, source: null, target: null };

    expect(planText(aPlan({ counts: { ...COUNTS, planned: 1 } }, [hidden]))[0]).toMatch(/email {2}changed$/);
  });

  test('says so where nothing differs', () => {
    expect(planText(aPlan({}))).toEqual(['acme  both shops agree in what is carried: nothing would be written']);
  });

  test('counts source ids that would be written, though no field differs', () => {
    expect(planText(aPlan({ stamps: 1_204 }))).toEqual(['By field: none; to create: none; source ids to write: 1204']);
  });

  test('counts what it cannot carry', () => {
    const text = planText(aPlan({ counts: { ...COUNTS, ambiguous: 2, withheld: 1 } }));

    expect(text.at(-1)).toBe('Not carried: 2 ambiguous, 1 withheld');
  });
});

describe('sync', () => {
  const outcome: NewsOutcome = {
    offset: 4,
    root: 'product:14',
    kind: 'news',
    via: 'sync',
    outcome: 'applied',
    receivedAt: 0,
    entities: [{ entity: 'variant:15', label: 'SIM-014', outcome: 'applied' }],
    differences: [{ entity: 'variant:15', field: 'variant.quantity', source: 3, target: 5, baseline: 'same' }],
  };
  const synced: Synced = {
    pair: 'acme',
    found: { root: 'product', rootId: '14', label: 'Linen shirt' },
    phase: 'follow',
    held: false,
    outcome,
  };

  test('tells what was read, decided and written', () => {
    expect(syncedLines(synced)).toEqual([
      'acme  product 14  Linen shirt',
      '  read      both shops',
      '     SIM-014  quantity  old 3, new 5',
      '  decided   to be written',
      '  written   SIM-014 quantity 5 → 3',
    ]);
  });

  test('tells a source id that was written where no field differed', () => {
    const text = syncedLines({ ...synced, outcome: { ...outcome, differences: [] } });

    expect(text.at(-1)).toBe('  written   SIM-014 source id');
  });

  test('says which hold keeps a field from being written, and how it ends', () => {
    const [differs] = outcome.differences ?? [];
    const text = syncedLines({
      ...synced,
      outcome: {
        ...outcome,
        outcome: 'unchanged',
        reason: 'kept',
        differences: differs === undefined ? [] : [{ ...differs, withheld: 'held' }],
      },
    });

    expect(text).toEqual([
      'acme  product 14  Linen shirt',
      '  read      both shops',
      '     SIM-014  quantity  old 3, new 5  not written: held',
      '  decided   what differs stays as it is',
      '            → lockstep resume acme --field variant.quantity',
      '  written   nothing',
    ]);
  });

  test('says before approval that nothing was written', () => {
    const text = syncedLines({ ...synced, phase: 'observe', outcome: { ...outcome, outcome: 'observed' } });

    expect(text.at(-1)).toBe('  written   nothing: acme observes until it is approved → lockstep plan acme');
  });

  test('says why it was parked, and no personal value', () => {
    const text = syncedLines({
      ...synced,
      outcome: {
        ...outcome,
        outcome: 'parked',
        reason: 'refused',
        message: 'Email has already been taken',
        entities: [{ entity: 'customer:7', label: null, outcome: 'parked' }],
        differences: [
          { entity: 'customer:7', field: 'customer.email', source: 'print-a', target: 'print-b', baseline: 'none' },
        ],
      },
    });

    expect(text).toContain('  decided   parked (refused: Email has already been taken)');
    expect(text.join('\n')).not.toContain('print-a');
    expect(text.at(-1)).toBe('  written   nothing');
  });
});
