import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { copyTree, type Copy } from './copy-tree.ts';
import { mutate, type Mutation, type Result, type Tests } from './mutation.ts';
import { runTests } from './run-tests.ts';

export type Tried = { readonly mutation: Mutation; readonly result: Result; readonly seconds: number };

export type TryOptions = {
  /** How many copies are worked on side by side. */
  readonly parallel: number;
  /** Sees first that the tests pass without the mutation: what is red anyway notices nothing. */
  readonly baseline: boolean;
  readonly onTried?: (tried: Tried) => void;
};

/** Applies each mutation to a copy of the sources, alone, and runs its tests there. The sources themselves stay as they are. */
export async function tryMutations(
  mutations: readonly Mutation[],
  { parallel, baseline, onTried = () => undefined }: TryOptions,
): Promise<readonly Tried[]> {
  const queue = [...mutations];
  const tried: Tried[] = [];
  // What was green once is green: the copies do not change.
  const green = new Map<string, Promise<string | null>>();
  const work = async (): Promise<void> => {
    await using copy = await copyTree();
    const isGreen = (tests: Tests): Promise<string | null> => {
      const key = JSON.stringify(tests);
      const known = green.get(key) ?? whyNotGreen(copy, tests);
      green.set(key, known);
      return known;
    };
    for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
      const started = performance.now();
      const red = baseline ? await isGreen(mutation.tests) : null;
      const result: Result = red === null ? await tryOne(copy, mutation) : { kind: 'broken', why: red };
      const one = { mutation, result, seconds: (performance.now() - started) / 1_000 };
      tried.push(one);
      onTried(one);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return mutations.flatMap((mutation) => tried.filter((one) => one.mutation === mutation));
}

async function whyNotGreen(copy: Copy, tests: Tests): Promise<string | null> {
  const { passed, red, errors } = await runTests(copy.path, tests);
  if (red.length > 0 || errors.length > 0)
    return `its tests fail without it: ${[...red.map(({ name }) => name), ...errors].join('; ')}`;
  return passed === 0 ? 'its tests do not exist' : null;
}

async function tryOne(copy: Copy, mutation: Mutation): Promise<Result> {
  const path = join(copy.path, mutation.file);
  const text = await readFile(path, 'utf8');
  try {
    await writeFile(path, mutate(text, mutation));
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : String(error) };
  }
  try {
    const { passed, red, errors } = await runTests(copy.path, mutation.tests);
    const [first] = red;
    if (first !== undefined) return { kind: 'noticed', red: red.map(({ name }) => name), message: first.message };
    // Code that does not even load is no mutation of what it did.
    if (errors.length > 0 || passed === 0) return { kind: 'broken', why: errors.join('; ') || 'no test ran' };
    return { kind: 'survived' };
  } finally {
    await writeFile(path, text);
  }
}
