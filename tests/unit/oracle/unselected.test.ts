import { expect, test } from 'vitest';

import type { LedgerEntry } from '../../../simulators/core/ledger.ts';
import { findUnselectedWrites } from '../../../simulators/oracle/unselected.ts';

const ORDER = 'gid://shopify/Order/7';
const SELECTED = new Set(['order.history']);

function wrote(action: 'create' | 'update', key: string, actor: LedgerEntry['actor'] = 'api'): LedgerEntry {
  const named = { namespace: { from: undefined, to: 'lockstep' }, key: { from: undefined, to: key } };
  const value = { value: { from: action === 'create' ? undefined : '1', to: '2' } };
  const changes = action === 'create' ? { ...named, ...value } : value;
  return {
    seq: 0,
    at: 0,
    actor,
    action,
    entity: 'metafield',
    id: `gid://shopify/Metafield/${key}`,
    parentId: ORDER,
    changes,
  };
}

test('a source id is put on what is linked only where it was asked for', () => {
  const entries = [wrote('create', 'source_id')];

  expect(findUnselectedWrites({ entries }, SELECTED, true)).toEqual([]);
  expect(findUnselectedWrites({ entries }, SELECTED)).toHaveLength(1);
});

test('a source id that stands there is never changed, though the history beside it may be', () => {
  const before = [wrote('create', 'source_id', 'migration'), wrote('create', 'history', 'migration')];

  expect(findUnselectedWrites({ entries: [...before, wrote('update', 'source_id')] }, SELECTED, true)).toHaveLength(1);
  expect(findUnselectedWrites({ entries: [...before, wrote('update', 'history')] }, SELECTED, true)).toEqual([]);
});

test('any other metafield is nobody’s to write', () => {
  expect(findUnselectedWrites({ entries: [wrote('create', 'badge')] }, SELECTED, true)).toHaveLength(1);
});
