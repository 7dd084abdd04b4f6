import type { FieldValues } from '#libs/fields/field-names.ts';
import { agreesOn, missingHistory } from '#libs/fields/agree.ts';
import { afterRefunds } from '#libs/model/order-refunds.ts';
import { afterShipping } from '#libs/model/order-shipping.ts';
import type { Order, OrderState, Parcel } from '#libs/model/order.ts';
import type { Variant } from '#libs/model/product.ts';
import type { EntityKind, StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import type {
  EntityPatch,
  EntityStamp,
  OrderStep,
  RootDraft,
  RootPatch,
  ShippedUnits,
  WriteResult,
} from '../store-connector.ts';
import type { MemoryStore } from './memory-store.ts';

/** Applies one patch at once; with compare-and-swap it is refused when a value is no longer the expected one. */
export function applyPatch(store: MemoryStore, patch: RootPatch, compareAndSwap: boolean): WriteResult {
  const current = store.get(patch.root, patch.targetId);
  if (current === undefined) return { outcome: 'refused', message: `${patch.root} ${patch.targetId} does not exist` };
  if (compareAndSwap && patch.entities.some((entity) => moved(entity, patch.present, current)))
    return { outcome: 'stale' };
  const { stamps = [] } = patch;
  const refused = stamps.map((stamp) => refuseStamp(store, current, stamp)).find((result) => result !== null);
  if (refused !== undefined) return refused;
  const written = current.root === 'order' ? stepOrder(current, patch.steps) : patchFields(current, patch.entities);
  const next = stamps.reduce((stored, stamp) => stampOne(stored, stamp), written);
  store.put(next);
  const stored = storedValues(next, patch.entities);
  if (stamps.length === 0) return { outcome: 'stored', stored };
  const stamped = stamps.map(({ entity, targetId }) => [`${entity}:${targetId}`, markOf(next, entity, targetId) ?? '']);
  return { outcome: 'stored', stored, stamped: Object.fromEntries(stamped) as Record<string, string> };
}

// As on real platforms: what stands there is not replaced, and no two entities of a kind carry the same id.
function refuseStamp(
  store: MemoryStore,
  current: StoredRoot,
  { entity, targetId, sourceId }: EntityStamp,
): WriteResult | null {
  const mark = markOf(current, entity, targetId);
  if (mark === undefined) return { outcome: 'refused', message: `${entity} ${targetId} does not exist` };
  if (mark !== null && mark !== sourceId) return { outcome: 'stale' };
  const others = [...store.roots.values()].flatMap((root) => marksOf(root, entity));
  const taken = others.some(({ id, mark: other }) => other === sourceId && id !== targetId);
  return taken ? { outcome: 'refused', message: `${entity} ${targetId}: the source id is taken` } : null;
}

function marksOf(stored: StoredRoot, entity: EntityKind): readonly { id: string; mark: string | null }[] {
  if (entity === stored.root) return [{ id: stored.id, mark: stored.sourceId }];
  if (entity !== 'variant' || stored.root !== 'product') return [];
  return stored.variants.map(({ id, sourceId }) => ({ id, mark: sourceId }));
}

function markOf(stored: StoredRoot, entity: EntityKind, targetId: string): string | null | undefined {
  return marksOf(stored, entity).find(({ id }) => id === targetId)?.mark;
}

function stampOne(stored: StoredRoot, { entity, targetId, sourceId }: EntityStamp): StoredRoot {
  if (entity !== 'variant' || stored.root !== 'product') return { ...stored, sourceId };
  return {
    ...stored,
    variants: stored.variants.map((variant) => (variant.id === targetId ? { ...variant, sourceId } : variant)),
  };
}

function moved({ entity, targetId, values }: EntityPatch, expected: StoredRoot, current: StoredRoot): boolean {
  if (entity === 'order') return false;
  const [before, now] = [valuesOf(expected, targetId), valuesOf(current, targetId)];
  return Object.keys(values).some((field) => !agreesOn(entity, field, before[field], now[field]));
}

function valuesOf(stored: StoredRoot, id: string): FieldValues {
  if (stored.root === 'order') return stored.order;
  if (stored.root === 'customer') return stored.customer;
  return stored.id === id ? stored.product : (stored.variants.find((variant) => variant.id === id)?.variant ?? {});
}

function storedValues(stored: StoredRoot, entities: readonly EntityPatch[]): Readonly<Record<string, FieldValues>> {
  return Object.fromEntries(
    entities.map(({ targetId, values }) => {
      const now = valuesOf(stored, targetId);
      return [targetId, Object.fromEntries(Object.keys(values).map((field) => [field, now[field]]))];
    }),
  );
}

function patchFields(stored: StoredRoot, entities: readonly EntityPatch[]): StoredRoot {
  return entities.reduce((next, { entity, targetId, values }): StoredRoot => {
    if (next.root === 'customer') return { ...next, customer: { ...next.customer, ...values } };
    if (next.root !== 'product') return next;
    if (entity === 'product') return { ...next, product: { ...next.product, ...values } };
    const variants = next.variants.map((one) =>
      one.id === targetId ? { ...one, variant: { ...one.variant, ...values } as Variant } : one,
    );
    return { ...next, variants };
  }, stored);
}

function stepOrder(stored: StoredOrder, steps: readonly OrderStep[]): StoredOrder {
  return steps.reduce((next, step): StoredOrder => {
    switch (step.kind) {
      case 'releaseHold':
        return { ...withState(next, { onHold: false }), heldByUs: false };
      case 'hold':
        return { ...next, heldByUs: true };
      case 'pay':
        // Only what is still owed can be paid.
        return ['paid', 'partiallyRefunded', 'refunded'].includes(next.order.status.state?.payment ?? '')
          ? next
          : withState(next, { payment: 'paid' });
      case 'fulfil':
        // As on real platforms: what is shipped has nothing left to ship, so a second call finds nothing to do.
        if (next.order.status.state?.fulfilment === 'fulfilled') return next;
        if (step.lines !== undefined) return shippedPart(next, step.lines, step.parcels);
        return withOrder(withState(next, { fulfilment: 'fulfilled' }), {
          tracking: [...next.order.tracking, ...step.parcels],
        });
      case 'track':
        return withOrder(next, { tracking: [...step.parcels] });
      case 'refund':
        return refunded(next, step);
      case 'cancel':
        return withState(next, { cancelled: true });
      case 'history':
        return withOrder(next, {
          history: [...(next.order.history ?? []), ...missingHistory(step.entries, next.order.history)],
        });
      case 'note':
        return withOrder(next, { note: step.text });
    }
  }, stored);
}

function shippedPart(stored: StoredOrder, units: readonly ShippedUnits[], parcels: readonly Parcel[]): StoredOrder {
  const lines = stored.order.lines.map((line) => {
    const wanted = units.find(({ lineId }) => lineId === line.id)?.shipped ?? 0;
    return wanted <= (line.shipped ?? 0) ? line : { ...line, shipped: Math.min(line.quantity, wanted) };
  });
  const next = withOrder(stored, { lines, tracking: [...stored.order.tracking, ...parcels] });
  const { state } = next.order.status;
  return state === null ? next : withState(next, afterShipping({ ...state, fulfilment: 'partial' }, next.order));
}

function refunded(stored: StoredOrder, step: Extract<OrderStep, { kind: 'refund' }>): StoredOrder {
  if (stored.order.refunds.some(({ id }) => id === step.sourceId)) return stored;
  const refunds = [
    ...stored.order.refunds,
    { id: step.sourceId, at: step.at, amount: step.amount, reason: step.reason },
  ];
  const next = withOrder(stored, { refunds });
  const state = must(next.order.status.state, 'the state of an order in memory');
  return withOrder(next, { status: { word: next.order.status.word, state: afterRefunds(state, next.order) } });
}

function withOrder(stored: StoredOrder, change: Partial<Order>): StoredOrder {
  return { ...stored, order: { ...stored.order, ...change } };
}

function withState(stored: StoredOrder, change: Partial<OrderState>): StoredOrder {
  const state = { ...must(stored.order.status.state, 'the state of an order in memory'), ...change };
  return withOrder(stored, { status: { word: stored.order.status.word, state } });
}

/** Makes a root from a draft, with new ids of its own and the source ids stamped. */
export function makeRoot(store: MemoryStore, draft: RootDraft, createdAt: string): StoredRoot {
  const base = { id: store.nextId(), sourceId: draft.sourceId, createdAt, changedAt: createdAt };
  switch (draft.root) {
    case 'product': {
      const variants = draft.variants.map(({ sourceId, variant }) => ({
        ...base,
        id: store.nextId(),
        sourceId,
        variant,
      }));
      return { ...base, root: 'product', product: draft.product, variants, partial: false };
    }
    case 'order': {
      const lines = draft.order.lines.map((line, index) => ({
        ...line,
        variantId: draft.lineVariantIds[index] ?? null,
        productId: null,
      }));
      const status = { word: 'made', state: { ...draft.state, onHold: false } };
      return {
        ...base,
        root: 'order',
        order: { ...draft.order, lines, customerId: draft.customerId, status },
        heldByUs: draft.hold,
      };
    }
    case 'customer':
      return { ...base, root: 'customer', customer: draft.customer };
  }
}
