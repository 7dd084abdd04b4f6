import { createInterface } from 'node:readline/promises';

/** What a verb has of the world, so that tests can hand in another. */
export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks a person yes or no; without a terminal the answer is no. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person looks at the output. */
  readonly isTerminal: boolean;
  /** How many columns the terminal has that `err` writes to; absent: no person looks at it, and no progress is shown. */
  readonly errColumns?: number;
  /** Who acts, for the record. */
  readonly user: string;
  /** Aborted by SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
};

/** 0 done · 1 drift or failures found · 2 usage or set-up error. */
export type ExitCode = 0 | 1 | 2;

/** Asks on the terminal. */
export async function confirmOnTerminal(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  // Not on the output: it may be read by a program.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

/** A line for people on stdout. */
export function say(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.out(`${line}\n`);
}
