import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { PLANTABLE } from '../../cli/demo/plant-fault.ts';
import type { DemoResult } from '../../cli/demo/run-demo.ts';
import { runCli } from '../../cli/dispatch.ts';
import type { ExitCode } from '../../cli/io.ts';
import { VERBS } from '../../cli/verbs.ts';

type Ended = { readonly code: ExitCode; readonly out: string; readonly err: string };

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function demo(...args: readonly string[]): Promise<Ended> {
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-demo-test-'));
  folders.push(cwd);
  let out = '';
  let err = '';
  const code = await runCli(
    ['demo', '--once', '--small', ...args],
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
  return { code, out, err };
}

describe.concurrent('the demo', { timeout: 120_000 }, () => {
  test('tells the story, and ends with 0 where the oracle finds nothing', async () => {
    const { code, out } = await demo('--seconds', '6');

    expect(out).toContain('both shops agree');
    expect(out).toContain("people's edits in the new shop  12 of 12 still there");
    expect(out).toContain('doubled entities 0   mails to customers 0   stock moved by us 0   money moved by us 0');
    expect(out).not.toContain('Not as it should be');
    expect(code).toBe(0);
  });

  test('says the same as JSON, and leaves a report', async () => {
    const { code, out } = await demo('--seconds', '3', '--json');

    const { plan, verdict, run, figures } = JSON.parse(out) as DemoResult;
    expect(verdict).toEqual([]);
    expect(plan.counts).toMatchObject({ inherited: 0, create: 0, ambiguous: 0, unlinked: 0, withheld: 0 });
    expect(plan.counts.planned).toBeGreaterThan(0);
    expect(run.left).toBe(0);
    expect(figures.writeCalls).toBeLessThan(figures.naiveCalls);
    expect(existsSync(run.report ?? '')).toBe(true);
    expect(code).toBe(0);
  });

  test.each(PLANTABLE)('ends with 1 where a %s was planted', async (fault) => {
    const { code, out } = await demo('--seconds', '2', '--plant', fault);

    expect(out).toContain('Not as it should be');
    expect(out).toContain(`✗ ${RULES[fault]}`);
    expect(code).toBe(1);
  });

  test('refuses a fault that it does not know', async () => {
    const { code, err } = await demo('--plant', 'nonsense');

    expect(err).toContain('Cannot plant "nonsense"');
    expect(code).toBe(2);
  });
});

const RULES = {
  'lost-write': 'selected-field-differs',
  'doubled-order': 'doubled-entity',
  'unselected-field': 'unselected-field-written',
  mail: 'mail',
  'stock-movement': 'stock-movement',
} as const;
