import { isSyncError, type SyncError } from '#libs/runtime/sync-error.ts';
import type { ScanPage, StoreConnector } from './store-connector.ts';

/** Told of an answer that was not the platform's own; what asked goes on once this has resolved. */
export type OnForeign = (error: SyncError) => Promise<void>;

/**
 * The same store, watched: whoever asks it, an answer that is not the platform's own (STORE_ANSWER_FOREIGN) is told of before the
 * asking fails. `check` is left alone: it says what it meets and decides nothing.
 */
export function withForeignWatch(store: StoreConnector, onForeign: OnForeign): StoreConnector {
  const tell = async (error: unknown): Promise<void> => {
    if (isSyncError(error) && error.code === 'STORE_ANSWER_FOREIGN') await onForeign(error);
  };
  const asking =
    <A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await ask(...args);
      } catch (error) {
        await tell(error);
        throw error;
      }
    };
  const writing = <A extends readonly unknown[], T extends { readonly outcome: string; readonly foreign?: SyncError }>(
    write: (...args: A) => Promise<readonly T[]>,
  ) =>
    asking(async (...args: A) => {
      const results = await write(...args);
      await tell(results.find(({ foreign }) => foreign !== undefined)?.foreign);
      return results;
    });
  const walking = <A extends readonly unknown[]>(walk: (...args: A) => AsyncIterable<ScanPage>) =>
    async function* walked(...args: A): AsyncGenerator<ScanPage> {
      try {
        yield* walk(...args);
      } catch (error) {
        await tell(error);
        throw error;
      }
    };

  return {
    ...store,
    identify: asking(store.identify),
    probe: asking(store.probe),
    readRoots: asking(store.readRoots),
    readRootsOf: asking(store.readRootsOf),
    scan: walking(store.scan),
    scanChanged: walking(store.scanChanged),
    storeTime: asking(store.storeTime),
    count: asking(store.count),
    findBySourceId: asking(store.findBySourceId),
    findByKey: asking(store.findByKey),
    listCreatedSince: asking(store.listCreatedSince),
    prepare: asking(store.prepare),
    write: writing(store.write),
    create: writing(store.create),
    listSubscriptions: asking(store.listSubscriptions),
    createSubscription: asking(store.createSubscription),
    deleteSubscription: asking(store.deleteSubscription),
  };
}
