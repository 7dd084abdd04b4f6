import { userInfo } from 'node:os';

import { runCli } from './dispatch.ts';
import { confirmOnTerminal } from './io.ts';
import { VERBS } from './verbs.ts';

const stopping = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.on(name, () => {
    // Whoever asks twice does not want to wait for a clean end; what is half done is looked at again at the next start.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new Error(name));
  });
// `lockstep status | head` ends early, and that is no error.
process.stdout.on('error', () => {});

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    confirm: confirmOnTerminal,
    cwd: process.cwd(),
    env: process.env,
    isTerminal: process.stdout.isTTY,
    ...(process.stderr.isTTY ? { errColumns: process.stderr.columns } : {}),
    user: userName(),
    signal: stopping.signal,
  },
  VERBS,
);

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return 'operator';
  }
}
