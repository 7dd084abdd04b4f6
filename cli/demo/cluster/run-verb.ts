import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command itself. A package holds it in the same folder as this file. */
export const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../main.ts' : './main.js', import.meta.url),
);

export type VerbEnd = { readonly code: unknown; readonly out: string; readonly err: string };

/** Runs one command line to its end. */
export type RunVerb = (...argv: readonly string[]) => Promise<VerbEnd>;

/** Verbs by one config, each as a process of its own: the shops of the demo keep this one busy. */
export function createRunVerb({
  configFile,
  cwd,
  env,
  signal,
}: {
  readonly configFile: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): RunVerb {
  return (...argv) =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...argv, '--config', configFile], { cwd, env, signal }, (error, out, err) =>
        resolve({ code: error === null ? 0 : error.code, out, err }),
      );
    });
}
