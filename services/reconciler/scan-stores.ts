import type { ReadContext, StoreConnector } from '#libs/connectors/store-connector.ts';
import { ROOT_KINDS, type RootKind } from '#libs/model/stored.ts';
import { selects } from '#libs/planning/entity-values.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { RunFile, Side } from './run-file.ts';

export type Progress = {
  readonly stage: 'scanning' | 'comparing' | 'asking' | 'verifying';
  readonly side?: Side;
  readonly root?: RootKind;
  readonly done: number;
  readonly of: number | null;
};
export type OnProgress = (progress: Progress) => void;

/** The root kinds a pair follows: something of them is selected, or they are created. */
export function followedRoots(settings: PairSettings): readonly RootKind[] {
  const selected = (root: RootKind) =>
    selects(settings.selection, root) || (root === 'product' && selects(settings.selection, 'variant'));
  return ROOT_KINDS.filter((root) => selected(root) || settings.create[root] !== 'none');
}

/** Fills the run file with both stores, side by side, going on where an earlier process stopped. */
export async function scanStores(
  { settings, source, target, facts }: ReconcilerDeps,
  file: RunFile,
  roots: readonly RootKind[],
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<void> {
  const call: ReadContext = { signal, priority: 'compare', fields: settings.selection };
  await Promise.all([
    scanSide('source', source, file, roots, call, onProgress),
    scanSide('target', target, file, roots, call, onProgress),
  ]);
  // Links last: what was created while the scans ran is linked by now.
  let page: Parameters<RunFile['putLinks']>[0][number][] = [];
  for await (const link of facts.list(settings.name, 'link')) {
    page.push(link);
    if (page.length < 1000) continue;
    file.putLinks(page);
    page = [];
  }
  file.putLinks(page);
}

async function scanSide(
  side: Side,
  store: StoreConnector,
  file: RunFile,
  roots: readonly RootKind[],
  call: ReadContext,
  onProgress: OnProgress,
): Promise<void> {
  for (const root of roots) {
    const { cursor, done, rows } = file.scanState(side, root);
    if (done) continue;
    const of = await store.count(root, call);
    let seen = rows;
    for await (const page of store.scan(root, { after: cursor }, call)) {
      call.signal.throwIfAborted();
      // The applier reads each alone, and parks it with the reason. Before the page, whose cursor would pass them.
      if (side === 'source') file.addCandidates((page.unread ?? []).map(({ id }) => ({ root, rootId: id, loose: [] })));
      file.addPage(side, root, page.roots, page.cursor);
      seen += page.roots.length;
      onProgress({ stage: 'scanning', side, root, done: seen, of });
    }
    file.endScan(side, root);
  }
}
