import type { StoredCustomer, StoredOrder, StoredProduct } from '#libs/model/stored.ts';
import type { World } from './world.ts';

/** A difference as it stood: `<entity>:<sourceId>/<field>`, or `<root>:<sourceId>/` for what the target lacks. */
export type Stood = { readonly key: string; readonly root: string; readonly from: number; until: number };

/** What a change did to the clock of its root: `again`, it says the same second as the change before. */
export type ClockMove = 'moved' | 'again' | 'still';

/** What really happened, apart from what any service believes. */
export type Ledger = {
  readonly stood: readonly Stood[];
  readonly changes: readonly { readonly at: number; readonly root: string; readonly clock: ClockMove }[];
  /** Webhooks as they were accepted, by the change they tell of. */
  readonly accepted: readonly { readonly at: number; readonly root: string; readonly changeAt: number }[];
  /** What a person did to a selected field of the target. */
  readonly edits: readonly { readonly at: number; readonly root: string }[];
  /** Webhooks whose news was gone from the log before anybody read it. */
  readonly lost: readonly { readonly at: number; readonly root: string; readonly changeAt: number }[];
  readonly lose: (root: string, at: number) => void;
  /** When the log lost news that nobody had read, or the group's commits. */
  readonly gaps: readonly number[];
  readonly gap: () => void;
  readonly changed: (root: string, clock: ClockMove) => void;
  readonly accept: (root: string, changeAt: number) => void;
  readonly edited: (root: string) => void;
  /** Looks at both stores: called after each change of either. */
  readonly look: () => void;
};

export function createLedger(world: World, now: () => number): Ledger {
  const stood: Stood[] = [];
  const open = new Map<string, Stood>();
  const changes: Ledger['changes'][number][] = [];
  const accepted: Ledger['accepted'][number][] = [];
  const edits: Ledger['edits'][number][] = [];
  const lost: Ledger['lost'][number][] = [];
  const gaps: number[] = [];
  return {
    stood,
    changes,
    accepted,
    edits,
    lost,
    gaps,
    gap: () => gaps.push(now()),
    lose(root, at) {
      const index = accepted.findIndex((one) => one.root === root && one.at === at);
      lost.push(...(index === -1 ? [] : accepted.splice(index, 1)));
    },
    changed: (root, clock) => changes.push({ at: now(), root, clock }),
    accept: (root, changeAt) => accepted.push({ at: now(), root, changeAt }),
    edited: (root) => edits.push({ at: now(), root }),
    look() {
      const standing = differences(world);
      for (const [key, one] of open) {
        if (standing.has(key)) continue;
        one.until = now();
        open.delete(key);
      }
      for (const [key, root] of standing) {
        if (open.has(key)) continue;
        const one = { key, root, from: now(), until: Infinity };
        open.set(key, one);
        stood.push(one);
      }
    },
  };
}

/** Selected fields that differ, and what the target lacks: key → root. */
function differences({ source, target }: World): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const copies = target.list('product') as readonly StoredProduct[];
  for (const product of source.list('product') as readonly StoredProduct[])
    for (const { key, root } of ofProduct(product, copies)) found.set(key, root);
  const orders = target.list('order') as readonly StoredOrder[];
  for (const order of source.list('order') as readonly StoredOrder[])
    for (const { key, root } of ofOrder(order, orders)) found.set(key, root);
  const customers = target.list('customer') as readonly StoredCustomer[];
  for (const { id } of source.list('customer'))
    if (!customers.some(({ sourceId }) => sourceId === id)) found.set(`customer:${id}/`, `customer:${id}`);
  return found;
}

type Difference = { readonly key: string; readonly root: string };

function ofProduct({ id, variants }: StoredProduct, copies: readonly StoredProduct[]): readonly Difference[] {
  const root = `product:${id}`;
  return variants.flatMap(({ id: variantId, variant }) => {
    const copy = copies.flatMap((one) => one.variants).find((one) => one.variant.sku === variant.sku)?.variant;
    if (copy === undefined) return [{ key: `${root}/`, root }];
    const fields = [
      ...(copy.quantity === variant.quantity ? [] : ['variant.quantity']),
      ...(copy.price?.amountMinor === variant.price?.amountMinor ? [] : ['variant.price']),
    ];
    return fields.map((field) => ({ key: `variant:${variantId}/${field}`, root }));
  });
}

function ofOrder({ id, order }: StoredOrder, copies: readonly StoredOrder[]): readonly Difference[] {
  const root = `order:${id}`;
  const copy = copies.find((one) => one.order.number === order.number)?.order;
  if (copy === undefined) return [{ key: `${root}/`, root }];
  const fields = [
    ...(JSON.stringify(copy.status.state) === JSON.stringify(order.status.state) ? [] : ['order.status']),
    ...(copy.tracking.length === order.tracking.length ? [] : ['order.tracking']),
    ...(copy.history?.length === order.history?.length ? [] : ['order.history']),
  ];
  return fields.map((field) => ({ key: `${root}/${field}`, root }));
}
