import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { CAUSES } from '../../../services/reconciler/find-cause.ts';
import type { Finding, RunResult } from '../../../services/reconciler/finding.ts';
import { maskEmail } from '../../../services/reconciler/label-root.ts';
import { csvCell } from '../../../services/reconciler/report/csv.ts';
import { tellFinding, tellRun } from '../../../services/reconciler/report/sentences.ts';
import { showValue } from '../../../services/reconciler/report/show-value.ts';
import { writeReport } from '../../../services/reconciler/report/write-report.ts';
import { summarise } from '../../../services/reconciler/summarise.ts';
import { NOW } from './fake-stores.ts';

const clockwork = { timezone: 'Europe/Berlin' };

function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    root: 'product:7',
    entity: 'variant:71',
    targetId: '900',
    label: 'SIM-014',
    title: 'Leinenhemd blau M',
    field: 'variant.quantity',
    source: 3,
    target: 5,
    hidden: false,
    cause: 'missed-webhook',
    status: 'repaired',
    message: null,
    sourceChangedAt: '2026-11-23T00:04:11Z',
    settledAt: NOW - 86_400_000,
    lastNewsAt: null,
    foundAt: NOW,
    ...over,
  };
}

function aRun(over: Partial<RunResult> = {}): RunResult {
  return {
    id: '2026-11-23T02-00-00-ab12',
    pair: 'acme',
    startedAt: NOW,
    endedAt: NOW,
    repair: true,
    compared: { product: 2, variant: 2049, order: 1 },
    ...summarise([]),
    file: 'run.sqlite',
    report: null,
    ...over,
  };
}

function written(findings: readonly Finding[], run: RunResult = aRun(summarise(findings))) {
  const dir = mkdtempSync(join(tmpdir(), 'report-'));
  const earlier = [{ at: NOW - 86_400_000, drift: 4, left: 1 }];
  const paths = writeReport({ result: run, findings: () => findings, earlier, dir, ...clockwork });
  const read = (path: string) => readFileSync(path, 'utf8');
  return { html: read(paths.html), json: read(paths.json), csv: read(paths.csv) };
}

describe('sentences', () => {
  test('say what differed, why, and what was done, as one would to a shop owner', () => {
    expect(tellFinding(aFinding(), clockwork)).toBe(
      'Stock of Leinenhemd blau M (SIM-014) was 5 in the new shop, should be 3. The old shop never told us; we found it on 23 November 2026 at 03:00 and put it right.',
    );
  });

  test('quote what the store said where something is left', () => {
    const left = aFinding({ status: 'left', cause: 'failed-apply', message: 'SKU is too long' });

    expect(tellFinding(left, clockwork)).toContain('the new shop did not take it. (SKU is too long)');
  });

  test('of a whole entity say what is the matter with it', () => {
    const whole = aFinding({ field: null, entity: 'order:1047', label: '#1047', title: null, cause: 'new-at-source' });

    expect(tellFinding(whole, clockwork)).toMatch(
      /^Order #1047 was missing in the new shop\. It is new in the old shop; /,
    );
  });

  test('of a personal field show no value', () => {
    const hidden = aFinding({
      field: 'customer.email',
      hidden: true,
      title: null,
      label: 'a…@e….com',
      source: 'x',
      target: 'y',
    });

    expect(tellFinding(hidden, clockwork)).toMatch(/^E-mail address of a…@e….com differs\. /);
  });

  test.each(CAUSES)('exist for a whole entity and a field with the cause %s', (cause) => {
    expect(tellFinding(aFinding({ cause }), clockwork)).not.toContain('undefined');
    expect(tellFinding(aFinding({ cause, field: null }), clockwork)).not.toContain('undefined');
  });

  test('on top say that the shops agree', () => {
    expect(tellRun(aRun(), clockwork)).toBe(
      'The two shops agree on everything you selected: 2 products, 2,049 variants, 1 order, compared on 23 November 2026 at 03:00.',
    );
  });

  test('on top say how much is left for a person', () => {
    const run = aRun(summarise([aFinding(), aFinding({ status: 'left' })]));

    expect(tellRun(run, clockwork)).toMatch(/^2 differences found among .*: 1 put right, 1 left for a person\.$/);
  });

  test('on top never say that the shops agree when something could not be compared', () => {
    const run = aRun(summarise([aFinding({ cause: 'inconclusive', field: null, status: 'left' })]));

    expect(tellRun(run, clockwork)).toContain('not complete');
  });
});

describe('counts', () => {
  test('leave out what is no drift', () => {
    const findings = [
      aFinding(),
      aFinding({ cause: 'inherited', status: 'kept' }),
      aFinding({ cause: 'under-way' }),
      aFinding({ cause: 'only-on-target', status: 'kept', field: null }),
    ];

    expect(summarise(findings)).toMatchObject({ findings: 4, drift: 1, repaired: 1, left: 0, underWay: 1 });
  });

  test('name whole entities by their kind', () => {
    expect(summarise([aFinding({ field: null, cause: 'unlinked', status: 'left' })]).byField).toEqual({ variant: 1 });
  });
});

describe('the page', () => {
  test('escapes whatever a store says', () => {
    const { html } = written([aFinding({ title: '<img src=x onerror=alert(1)>', label: '"&\'' })]);

    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; (&quot;&amp;&#39;)');
  });

  test('loads nothing from anywhere', () => {
    const { html } = written([aFinding()]);

    expect(html).not.toMatch(/https?:|<script|<link|@import|url\(| src=/);
    expect(html).toContain("default-src 'none'");
  });

  test('shows what is left before what was put right', () => {
    const { html } = written([aFinding({ label: 'FIRST' }), aFinding({ label: 'SECOND', status: 'left' })]);

    expect(html.indexOf('SECOND')).toBeLessThan(html.indexOf('FIRST'));
  });

  test('unfolds to ids, cause and times', () => {
    const { html } = written([aFinding()]);

    for (const said of [
      'variant:71 in product:7',
      '900',
      'missed-webhook',
      'none in the journal',
      '23 November 2026 at 01:04:11',
      'Times are of ',
    ])
      expect(html).toContain(said);
  });

  test('draws the last runs', () => {
    const { html } = written([aFinding()]);

    expect(html).toMatch(/<svg role="img" aria-label="Differences found in the last 2 comparisons; the latest: 1"/);
  });

  test('says how much more there is when there is too much', () => {
    const many = Array.from({ length: 2_003 }, (_, index) => aFinding({ entity: `variant:${String(index)}` }));

    const { html, csv } = written(many);

    expect(html).toContain('3 more are in the CSV and JSON files');
    expect(csv.trim().split('\r\n')).toHaveLength(2_004);
  });
});

describe('files for machines', () => {
  test('JSON holds the run and every finding', () => {
    const { json } = written([aFinding()]);

    expect(JSON.parse(json)).toMatchObject({ v: 1, run: { pair: 'acme', drift: 1 }, findings: [aFinding()] });
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['-cmd', "'-cmd"],
    ['@sum', "'@sum"],
    [' =1', "' =1"],
    ['-3', '-3'],
    ['19.90', '19.90'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=a,"b"', '"\'=a,""b"""'],
  ])('a CSV cell %s becomes %s', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });
});

describe('values', () => {
  test.each([
    ['variant.quantity', null, 'not counted'],
    ['variant.price', { amountMinor: 1990, currency: 'EUR' }, '19.90 EUR'],
    ['variant.stockStatus', 'onBackorder', 'on backorder'],
    ['variant.tracked', false, 'no'],
    ['product.title', '', 'empty'],
    ['product.tags', ['a', 'b'], 'a, b'],
    ['product.tags', [], 'none'],
    ['order.tracking', [{ number: 'DHL1', carrier: null, url: null, shippedAt: null }], 'DHL1'],
    [
      'order.status',
      { word: 'completed', state: { payment: 'paid', fulfilment: 'fulfilled', cancelled: false, onHold: false } },
      'paid, fulfilled',
    ],
    ['order.status', { word: 'odd', state: null }, 'odd'],
  ])('%s %j reads as %s', (field, value, words) => {
    expect(showValue(field, value)).toBe(words);
  });

  test('an address is masked so that only those who know it recognise it', () => {
    expect(maskEmail('anna@example.co.uk')).toBe('a…@e….uk');
    expect(maskEmail('broken')).toBe('b…@…');
  });
});
