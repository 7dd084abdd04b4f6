// Asks a process on its private port how it is: `node health.mjs live|ready`. Plain JavaScript, as the image has no curl.
const [, , what = 'live'] = process.argv;
const url = `http://127.0.0.1:${process.env.LOCKSTEP_PRIVATE_PORT ?? '8789'}/health/${what}`;

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.stdout.write(`nothing answers at ${url}\n`);
  process.exitCode = 1;
}
