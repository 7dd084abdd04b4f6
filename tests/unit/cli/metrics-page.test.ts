import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { cliFolder, runIn } from './cli-harness.ts';

// Each command opens log and state on the disk, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let folder: Awaited<ReturnType<typeof cliFolder>>;
beforeEach(async () => {
  folder = await cliFolder();
});
afterEach(() => folder.remove());

/** Starts a process and finds its private port by what it logs. */
async function startParts(...parts: readonly string[]) {
  const stopping = new AbortController();
  let err = '';
  const ended = runIn(folder.cwd, ['start', ...parts, '--private-port', '0'], {
    signal: stopping.signal,
    err: (text) => (err += text),
  });
  const url = await vi.waitUntil(() => /"url":"(http[^"]+)","msg":"health and metrics/.exec(err)?.[1], 30_000);
  const read = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  return {
    read,
    stop: async () => {
      stopping.abort(new Error('SIGTERM'));
      return (await ended).code;
    },
  };
}

test('a process that runs everything tells of ingest, of each pair and of itself on one port', async () => {
  const running = await startParts();
  await folder.run('pause');
  // Its stores are asked who they are beside everything else.
  const text = await vi.waitUntil(async () => {
    const page = (await running.read('/metrics')).text;
    return page.includes('lockstep_store_calls_total{') && page;
  }, 30_000);

  expect(text).toContain('lockstep_ingest_log_well 1');
  expect(text).toContain('lockstep_lag_changes{pair="acme",partition="0"} 0');
  expect(text).toContain('lockstep_lag_seconds{pair="acme",partition="0"} 0');
  expect(text).toContain('lockstep_holds{pair="acme"} 1');
  expect(text).toMatch(/lockstep_budget_left_ratio\{pair="acme",side="target"\} \d/);
  expect(text).toMatch(/lockstep_store_calls_total\{pair="acme",side="source",call="identify",result="STORE_\w+"\} \d/);
  expect(text).toContain('process_resident_memory_bytes');
  expect(await running.stop()).toBe(0);
});

test('an applier alone has the same page and its own health', async () => {
  const running = await startParts('applier');

  const [metrics, live, ready] = [
    await running.read('/metrics'),
    await running.read('/health/live'),
    await running.read('/health/ready'),
  ];

  expect(metrics.text).toContain('lockstep_lag_changes{pair="acme",partition="0"} 0');
  expect(metrics.text).not.toContain('lockstep_ingest_log_well 1');
  expect([live.status, ready.status]).toEqual([200, 200]);
  expect(await running.stop()).toBe(0);
});

test('a private port that is none is refused', async () => {
  expect(await folder.run('start', '--private-port', 'metrics')).toMatchObject({ code: 2 });
});
