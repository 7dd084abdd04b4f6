import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { ScanPage, StoreConnector } from './store-connector.ts';

/** One thing that was asked of a store: `ok`, the code of the error, `aborted`, or `failed` for what should not be. */
export type AskedCall = { readonly call: string; readonly result: string; readonly ms: number };

/** The same store; each thing that is asked of it is told of when it has ended. A walk counts page by page. */
export function withCallMetrics(
  store: StoreConnector,
  { monotonic, onCall }: { readonly monotonic: () => number; readonly onCall: (call: AskedCall) => void },
): StoreConnector {
  const measured = async <T>(call: string, run: () => Promise<T>): Promise<T> => {
    const begun = monotonic();
    const tell = (result: string) => onCall({ call, result, ms: monotonic() - begun });
    try {
      const answer = await run();
      tell('ok');
      return answer;
    } catch (error) {
      tell(resultOf(error));
      throw error;
    }
  };
  const asking =
    <A extends readonly unknown[], T>(call: string, ask: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      measured(call, () => ask(...args));
  const walking = <A extends readonly unknown[]>(call: string, walk: (...args: A) => AsyncIterable<ScanPage>) =>
    async function* walked(...args: A): AsyncGenerator<ScanPage> {
      const pages = walk(...args)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const page = await measured(call, () => pages.next());
          if (page.done === true) return;
          yield page.value;
        }
      } finally {
        await pages.return?.();
      }
    };

  return {
    ...store,
    identify: asking('identify', store.identify),
    probe: asking('probe', store.probe),
    readRoots: asking('read', store.readRoots),
    readRootsOf: asking('read', store.readRootsOf),
    scan: walking('scan', store.scan),
    scanChanged: walking('scan', store.scanChanged),
    storeTime: asking('read', store.storeTime),
    count: asking('read', store.count),
    findBySourceId: asking('find', store.findBySourceId),
    findByKey: asking('find', store.findByKey),
    listCreatedSince: asking('find', store.listCreatedSince),
    prepare: asking('prepare', store.prepare),
    write: asking('write', store.write),
    create: asking('create', store.create),
    listSubscriptions: asking('subscriptions', store.listSubscriptions),
    createSubscription: asking('subscriptions', store.createSubscription),
    deleteSubscription: asking('subscriptions', store.deleteSubscription),
  };
}

function resultOf(error: unknown): string {
  if (isSyncError(error)) return error.code;
  return error instanceof Error && error.name === 'AbortError' ? 'aborted' : 'failed';
}
