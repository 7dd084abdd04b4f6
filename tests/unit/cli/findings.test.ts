import { expect, test } from 'vitest';

import type { StoreIdentity } from '#libs/connectors/store-connector.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import {
  errorFinding,
  identityFinding,
  mappingFinding,
  priceFindings,
  sideFinding,
  webhookFinding,
} from '../../../cli/check-findings.ts';
import { checkLines } from '../../../cli/check.ts';
import { createProgressLine, progressText } from '../../../cli/progress.ts';
import type { PairStatus } from '../../../cli/status-handler.ts';
import { statusLines } from '../../../cli/status.ts';

function settings(...fields: readonly FieldName[]): PairSettings {
  return {
    name: 'acme',
    selection: new Set(fields),
    maps: { orderStatus: {}, transforms: {}, carriers: {} },
    create: { product: 'none', order: 'none', customer: 'none' },
    delete: { product: 'keep', order: 'keep', customer: 'keep' },
    migratedAt: null,
    openOrders: 'hold',
    scope: {},
    stamp: false,
    reconcile: { cron: null, timezone: 'UTC', sweepEveryMs: null, repair: true },
    partitions: 1,
    timing: DEFAULT_TIMING,
    configHash: 'hash',
  };
}

function identity(change: Partial<StoreIdentity> = {}): StoreIdentity {
  return { id: 'shop-1', name: 'Källa', version: '10', currency: 'EUR', taxesIncluded: true, ...change };
}

test('another shop than the one pinned is a problem, with what to look at', () => {
  const pinned = { id: 'shop-1', name: 'Källa', pinnedAt: 1 };

  expect(identityFinding('source', identity(), pinned).level).toBe('ok');
  expect(identityFinding('source', identity({ id: 'shop-2' }), pinned)).toMatchObject({ level: 'problem' });
});

test('prices in another currency, or with another idea of tax, are refused without a transform', () => {
  const selected = settings('variant.price', 'variant.compareAtPrice');

  expect(priceFindings(selected, identity(), identity())).toEqual([]);
  expect(priceFindings(selected, identity(), identity({ currency: 'SEK' }))).toMatchObject([{ level: 'problem' }]);
  expect(priceFindings(selected, identity(), identity({ taxesIncluded: false }))).toMatchObject([{ level: 'problem' }]);
  expect(priceFindings(selected, identity(), identity({ taxesIncluded: null }))).toEqual([]);
});

test('prices that a transform turns are let through, and one of the two alone is a warning', () => {
  const base = settings('variant.price');
  const turned = { ...base, maps: { ...base.maps, transforms: { 'variant.price': { multiply: 11 } } } };

  expect(priceFindings(turned, identity(), identity({ currency: 'SEK' }))).toMatchObject([{ level: 'warning' }]);
});

test('stock alone needs no prices to agree', () => {
  expect(priceFindings(settings('variant.quantity'), identity(), identity({ currency: 'SEK' }))).toEqual([]);
});

test('statuses in use without a mapping are named with their orders', () => {
  const found = mappingFinding(
    'acme',
    new Map([
      ['processing', { orders: 5, mapped: true }],
      ['backordered', { orders: 31, mapped: false }],
    ]),
  );

  expect(found).toMatchObject({
    level: 'warning',
    remedy: expect.stringContaining('pairs.acme.sync.order.map.status'),
  });
  expect(found.message).toContain('1 of 2 statuses in use have no mapping: backordered (31 orders)');
});

test('statuses in use that the new shop has no word for are named, with how many orders', () => {
  const words = new Map([
    ['paid', { orders: 40, mapped: true, placeless: 0 }],
    ['paid+partial', { orders: 3, mapped: true, placeless: 3 }],
  ]);

  expect(mappingFinding('acme', words)).toMatchObject({
    level: 'warning',
    message: 'order.status: the new shop has no status for paid+partial (3 orders): withheld',
  });
});

test('a webhook that the shop has stopped is a problem, with the way to mend it', () => {
  const state = {
    pair: 'acme',
    shop: 'https://old.example.com',
    url: 'https://sync.example.com/webhooks/acme',
    wanted: ['product.updated'],
    ours: [{ id: '1', topic: 'product.updated', url: 'https://sync.example.com/webhooks/acme', status: 'disabled' }],
    others: 0,
    hasSecret: true,
    off: false,
    registeredAt: 1,
    unheard: [],
  } as const;

  const found = webhookFinding(state);

  expect(found).toMatchObject({ level: 'problem', message: expect.stringContaining('product.updated') });
  expect(found.remedy).toBe('lockstep webhooks repair acme (makes them anew, and catches up)');
  expect(webhookFinding({ ...state, ours: [] }).message).toBe(
    'none of 1 is registered to call https://sync.example.com/webhooks/acme',
  );
  const [disabled] = state.ours;
  const unheard = [{ root: 'product', since: 0, found: 12 }];
  const well = { ...state, ours: [{ ...disabled, status: 'active' as const }] };
  expect(webhookFinding(well).level).toBe('ok');
  expect(webhookFinding({ ...well, unheard }).message).toContain('12 changes of products were found by sweeps alone');
  expect(webhookFinding({ ...well, ours: [...well.ours, { ...disabled, id: '2' }] })).toMatchObject({
    level: 'warning',
  });
  expect(webhookFinding({ ...state, off: true }).level).toBe('ok');
  expect(webhookFinding({ ...state, url: null }).level).toBe('warning');
  expect(webhookFinding({ ...state, hasSecret: false }).level).toBe('problem');
});

test('what a shop says of itself is named by the shop', () => {
  expect(sideFinding('target', { level: 'ok', topic: 'scopes', message: 'x' }).topic).toBe('new shop’s scopes');
  expect(sideFinding('source', { level: 'ok', topic: 'reachable', message: 'x' }).topic).toBe('old shop reachable');
});

test('a shop that cannot be reached is looked for, not waited for, by who asks', () => {
  const found = errorFinding('old shop reachable', new SyncError('STORE_UNREACHABLE', 'no connection'));

  expect(found.remedy).toContain('is the address right');
  expect(errorFinding('log', new SyncError('LOG_UNAVAILABLE', 'full')).remedy).toContain('disk');
});

test('findings are shown with their remedy below, and counted', () => {
  const lines = checkLines([
    {
      pair: 'acme',
      source: 'WooCommerce https://old.example.com',
      target: 'Shopify new',
      phase: 'observe',
      findings: [
        { level: 'ok', topic: 'config', message: 'file' },
        { level: 'problem', topic: 'webhooks', message: 'missing', remedy: 'register them' },
      ],
    },
  ]);

  expect(lines).toEqual([
    'acme  WooCommerce https://old.example.com  →  Shopify new   phase: observe',
    '  ✓ config    file',
    '  ✗ webhooks  missing',
    '              → register them',
    '1 problem, 0 warnings',
  ]);
});

const STATUS: PairStatus = {
  pair: 'acme',
  phase: 'follow',
  running: true,
  holds: [],
  behind: 0,
  delayed: 0,
  oldestMs: 0,
  partitions: [],
  parked: 0,
  unreadable: 0,
  parkedReasons: [],
  alarms: [],
  webhooks: { off: false, wanted: 11, active: 10, faults: ['order.updated is paused'], unheard: [] },
  lastSweepAt: 880_000,
  scan: { root: 'product', seen: 1_200, of: 12_400, roundMs: 10_800_000 },
  lastRun: { at: 500_000, endedAt: 600_000, drift: 3, repaired: 3, left: 0 },
  stores: [
    { side: 'source', well: true, budgetUsed: 0.03 },
    { side: 'target', well: false, budgetUsed: 0.5 },
  ],
  nextRunAt: null,
  progress: { stage: 'asking', done: 1_200, of: 12_400, leftMs: 7_200_000 },
  lastChange: { at: 996_000, what: 'SIM-014', tookMs: 600 },
  configChanged: false,
  now: 1_000_000,
};

test('status says how a pair is, its shops, what was found last, and what to do', () => {
  const lines = statusLines({ ...STATUS, parked: 2, parkedReasons: [{ reason: 'unmapped-value', count: 2 }] }, 4).join(
    '\n',
  );

  expect(lines).toContain('acme  following   behind 0');
  expect(lines).toContain('the new shop does not answer');
  expect(lines).toContain('last sweep 2 min ago');
  expect(lines).toContain('webhooks 10/11 active');
  expect(lines).toMatch(/comparing: .*1,200 of 12,400 {3}about 2 h left/);
  expect(lines).toContain('rolling scan: 1,200 of 12,400 products, a round of everything takes about 3 h');
  expect(lines).toContain('webhooks: order.updated is paused → lockstep webhooks verify acme');
  expect(lines).toContain('3 drifts, 3 repaired, 0 left');
  expect(lines).toContain('last change 4 s ago (SIM-014, applied 600 ms after it was heard of)');
  expect(lines).toContain('next: 2 parked: unmapped-value → lockstep parked list acme');
});

test('status says who holds what and why, and which hold to end', () => {
  const hold = { id: 'variant.price', at: 500_000, by: 'anna', reason: 'sale' };

  const one = statusLines({ ...STATUS, holds: [hold] }, 4).join('\n');
  const all = statusLines({ ...STATUS, holds: [hold, { ...hold, id: '*', reason: 'moving' }] }, 4).join('\n');

  expect(one).toMatch(/variant\.price HELD since .* by anna: sale/);
  expect(one).toContain('lockstep resume acme --field variant.price');
  expect(all).toMatch(/^acme {2}HELD since .* by anna: moving/);
  expect(all).toMatch(/variant\.price HELD since/);
  expect(all).toMatch(/lockstep resume acme {3}/);
});

test('status says that nothing is carried where nothing runs, and names the most frequent reason', () => {
  const parkedReasons = [
    { reason: 'unlinked', count: 3 },
    { reason: 'refused', count: 1 },
  ];

  const lines = statusLines({ ...STATUS, running: false, parked: 4, parkedReasons }, 4).join('\n');

  expect(lines).toContain('next: lockstep start');
  expect(lines).toContain('4 parked, most of them (3): unlinked');
});

test('before approval status says that nothing is written, and what comes next', () => {
  const lines = statusLines({ ...STATUS, phase: 'observe', running: false }, 4).join('\n');

  expect(lines).toContain('nothing is written before approval (not running)');
  expect(lines).toContain('next: lockstep plan acme   then: lockstep approve acme');
});

test('progress never fills the last column of a terminal, and is shown on none but a terminal', () => {
  const written: string[] = [];
  const step = { stage: 'scanning', done: 1_024, of: 2_048 };
  const shownAt = (columns: number) => {
    createProgressLine({ err: (text) => written.push(text), errColumns: columns }).show('my-shop', step);
    return written.pop()?.replace('\r\u001b[2K', '') ?? '';
  };

  expect(shownAt(100)).toBe(`my-shop  ${progressText(step)}`);
  expect(shownAt(50)).toHaveLength(49);
  expect(shownAt(50)).toMatch(/^my-shop {2}scanning {2}█+░+ {2}1,024 of 2,048$/);
  expect(shownAt(20)).toHaveLength(19);
  createProgressLine({ err: (text) => written.push(text) }).show('my-shop', step);
  expect(written).toEqual([]);
});

test('progress has a bar where the end is known', () => {
  expect(progressText({ stage: 'scanning', done: 1_024, of: 2_048 })).toBe(
    `scanning  ${'█'.repeat(14)}${'░'.repeat(14)}  1,024 of 2,048`,
  );
  expect(progressText({ stage: 'scanning', done: 1_024, of: null })).toBe('scanning  1,024');
});

test('status tells partitions apart where several share the work, and only while something is behind', () => {
  const partitions = [
    { partition: 0, behind: 0, oldestMs: 0 },
    { partition: 1, behind: 12, oldestMs: 90_000 },
  ];

  const lines = statusLines({ ...STATUS, behind: 12, oldestMs: 90_000, partitions }, 4).join('\n');
  const inStep = statusLines({ ...STATUS, behind: 0, partitions }, 4).join('\n');

  expect(lines).toContain('by partition   0: 0   1: 12 for 2 min');
  expect(inStep).not.toContain('by partition');
});
