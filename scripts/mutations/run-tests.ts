import { stripVTControlCharacters } from 'node:util';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import type { Tests } from './mutation.ts';

/** What vitest said of some tests. */
export type Run = {
  readonly passed: number;
  readonly red: readonly { readonly name: string; readonly message: string }[];
  /** What ran into an error before any test did. */
  readonly errors: readonly string[];
};

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().nullish(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** A test that a mutation makes wait for ever has failed as well. */
const PATIENCE_MS = 240_000;

/** Runs tests of a copy up to the first that fails. */
export async function runTests(cwd: string, { files, name }: Tests): Promise<Run> {
  const out = join(cwd, '.mutations', 'report.json');
  await mkdir(join(cwd, '.mutations'), { recursive: true });
  await rm(out, { force: true });
  const narrowed = name === undefined ? [] : ['--testNamePattern', name];
  const written = await runVitest(cwd, [
    'run',
    ...files,
    ...narrowed,
    '--bail=1',
    '--maxWorkers=1',
    '--reporter=json',
    `--outputFile=${out}`,
  ]);
  const report = await readFile(out, 'utf8').catch(() => null);
  if (report === null) return { passed: 0, red: [], errors: [written.trim().slice(-500) || 'vitest left no report'] };
  return toRun(report);
}

function toRun(report: string): Run {
  const results = reportSchema.parse(JSON.parse(report)).testResults;
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    red: tests
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ name: fullName.trim(), message: firstLine(failureMessages?.[0]) })),
    errors: results
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map(({ name, message }) => `${name}: ${firstLine(message ?? '')}`),
  };
}

function firstLine(message: string | undefined): string {
  return stripVTControlCharacters(message ?? '').split('\n')[0] ?? '';
}

/** In an environment without traces of a vitest that runs around it. */
async function runVitest(cwd: string, args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(VITEST|NODE_OPTIONS$|TEST$)/.test(key)),
  );
  const child = spawn(process.execPath, [join(cwd, 'node_modules', 'vitest', 'vitest.mjs'), ...args], {
    cwd,
    env: { ...env, NODE_ENV: 'test' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  await once(child, 'close');
  return written;
}
