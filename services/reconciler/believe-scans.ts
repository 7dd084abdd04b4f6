import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import { planJoined } from './plan-joined.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { RunFile } from './run-file.ts';

/**
 * What a comparison would tell that asked nobody: what two scans saw, at two times, with the news in between still in flight. Only the
 * simulation does this, to show what the second look is for.
 */
export async function believeScans(
  deps: ReconcilerDeps,
  file: RunFile,
  run: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NewsOutcome>> {
  const seen = new Map<string, NewsOutcome>();
  for await (const page of planJoined(deps, file, 0, signal))
    for (const { source, plan } of page) {
      if (source === null || plan === null) continue;
      const root = `${source.root}:${source.id}`;
      const [kind, via] = ['compare', 'compare'];
      const told = { sourceChangedAt: source.changedAt, differences: [...plan.differences] };
      seen.set(root, { offset: 0, root, kind, via, run, receivedAt: deps.clock.now(), outcome: 'applied', ...told });
    }
  return seen;
}
