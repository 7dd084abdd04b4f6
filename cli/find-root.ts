import type { ReadContext, StoreConnector } from '#libs/connectors/store-connector.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

export type FoundRoot = { readonly root: RootKind; readonly rootId: string; readonly label: string };

/**
 * The root at the source that a person means: `order:1047` by kind and id; else by SKU, by order number, then by id.
 *
 * @throws {SyncError} USAGE: nothing has it, or several have.
 */
export async function findRoot(source: StoreConnector, what: string, call: ReadContext): Promise<FoundRoot> {
  const [kind, id = ''] = what.split(':');
  const named = ROOT_KINDS.find((root) => root === kind);
  if (named !== undefined && id !== '') return only(await byId(source, named, id, call), what);
  const number = what.replace(/^#/, '');
  const bySku = what.startsWith('#') ? [] : ((await source.findByKey('sku', [what], call))[0] ?? []);
  if (bySku.length > 0) return only(bySku, what);
  const byNumber = (await source.findByKey('order-number', [number], call))[0] ?? [];
  if (byNumber.length > 0) return only(byNumber, what);
  const byIds = /^\d+$/.test(what) ? await Promise.all(ROOT_KINDS.map((root) => byId(source, root, what, call))) : [];
  return only(byIds.flat(), what);
}

async function byId(source: StoreConnector, root: RootKind, id: string, call: ReadContext): Promise<StoredRoot[]> {
  return (await source.readRoots(root, [{ id }], call)).filter((one) => one !== null);
}

function only(found: readonly StoredRoot[], what: string): FoundRoot {
  const [first, ...others] = found;
  if (first === undefined)
    throw new SyncError('USAGE', `Cannot find "${what}" at the old shop: no SKU, order number or id is that`);
  if (others.length > 0)
    throw new SyncError(
      'USAGE',
      `Cannot tell which "${what}" is meant: name one of ${found.map(({ root, id }) => `${root}:${id}`).join(', ')}`,
    );
  return { root: first.root, rootId: first.id, label: labelOf(first) };
}

function labelOf(stored: StoredRoot): string {
  switch (stored.root) {
    case 'product':
      return stored.product.title;
    case 'order':
      return `#${stored.order.number}`;
    case 'customer':
      return `customer ${stored.id}`;
  }
}
