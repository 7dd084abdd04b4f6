import { defineConfig } from 'vitest/config';

const INTEGRATION = ['tests/integration/**/*.test.ts'];
/** What needs Kafka and Redis: they are started once for all of it. */
const CLUSTER = ['tests/cluster/**/*.test.ts', 'tests/contract/**/*.{kafka,redis}.test.ts'];
const HISTORIES = ['tests/simulation/**/*.test.ts', 'tests/laws/**/*.test.ts', 'tests/mutations/**/*.test.ts'];

// What opens sockets, starts processes or runs through many seeds takes its time on a small machine.
const SLOW_MS = 120_000;
const QUICK_MS = 30_000;

/** `vitest run --project quick`; `npm run check` leaves out `integration`. */
function project(name: string, include: readonly string[], timeoutMs: number, exclude: readonly string[] = []) {
  return {
    extends: true as const,
    test: { name, include: [...include], exclude: [...exclude], testTimeout: timeoutMs, hookTimeout: timeoutMs },
  };
}

function cluster() {
  const { test, ...rest } = project('cluster', CLUSTER, SLOW_MS);
  return { ...rest, test: { ...test, globalSetup: ['tests/services/global-setup.ts'] } };
}

export default defineConfig({
  test: {
    // A process for each file: workers, locks and signal handlers of one file never meet those of another.
    pool: 'forks',
    maxWorkers: 3,
    projects: [
      project('quick', ['tests/**/*.test.ts'], QUICK_MS, [...INTEGRATION, ...HISTORIES, ...CLUSTER]),
      project('histories', HISTORIES, SLOW_MS),
      project('integration', INTEGRATION, SLOW_MS),
      cluster(),
    ],
  },
});
