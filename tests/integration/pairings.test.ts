import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { DemoResult } from '../../cli/demo/run-demo.ts';
import { runCli } from '../../cli/dispatch.ts';
import { VERBS } from '../../cli/verbs.ts';

type Kind = 'woocommerce' | 'shopify';
const PAIRINGS: readonly (readonly [Kind, Kind])[] = [
  ['woocommerce', 'shopify'],
  ['shopify', 'woocommerce'],
  ['woocommerce', 'woocommerce'],
  ['shopify', 'shopify'],
];

async function story(from: Kind, to: Kind) {
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-pairing-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  let out = '';
  let err = '';
  const code = await runCli(
    ['demo', '--once', '--small', '--json', '--seconds', '4', '--from', from, '--to', to],
    {
      out: (text) => (out += text),
      err: (text) => (err += text),
      confirm: () => Promise.resolve(false),
      cwd,
      env: {},
      isTerminal: false,
      user: 'test',
      signal: new AbortController().signal,
    },
    VERBS,
  );
  return { code, err, told: out === '' ? null : (JSON.parse(out) as DemoResult) };
}

describe.concurrent('what was traded over a bad line ends the same at both shops, and nothing else was touched', () => {
  test.each(PAIRINGS)('from %s to %s', async (from, to) => {
    const { code, err, told } = await story(from, to);

    expect(err).toBe('');
    // Judged from both shops' own records: zero drift in selected fields, people's edits, mails, stock and money untouched.
    expect(told?.verdict).toEqual([]);
    expect(told?.run.left).toBe(0);
    expect(told?.edits).toEqual({ made: 12, kept: 12 });
    expect(told?.plan.counts).toMatchObject({ inherited: 0, create: 0, ambiguous: 0, unlinked: 0, withheld: 0 });
    expect(told?.figures.doubled).toBeGreaterThan(0);
    expect(told?.figures.reordered).toBeGreaterThan(0);
    expect(told?.figures.lost).toBeGreaterThan(0);
    expect(told?.figures.created.orders).toBeGreaterThan(0);
    expect(told?.figures.created.products).toBeGreaterThan(0);
    expect(told?.figures.created.customers).toBeGreaterThan(0);
    expect(told?.figures.writeCalls).toBeLessThan(told?.figures.naiveCalls ?? 0);
    expect(code).toBe(0);
  });
});
