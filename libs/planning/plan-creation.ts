import { selectedOf } from '#libs/fields/field-names.ts';
import { mapFields, mapStatus, mapStockStatus, unknownStockWord } from '#libs/fields/map-fields.ts';
import type { Order, OrderState, Refund } from '#libs/model/order.ts';
import type { Variant } from '#libs/model/product.ts';
import type { RootKind, StoredOrder, StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from './entity-values.ts';
import { lackingRefunds } from './order-refunds.ts';
import type { Decision, PlanInput, RootPlan } from './plan-types.ts';

/** Decides about a source root that the target does not have. */
export function planCreation(input: PlanInput, source: StoredRoot): RootPlan {
  const decision = decide(input, source);
  const entities = entitiesOf(source).map(({ entity, id, label }) => ({
    entity: `${entity}:${id}`,
    label,
    outcome: decision.kind === 'create' ? ('differs' as const) : ('unchanged' as const),
    ...(decision.kind === 'create' ? { created: true } : {}),
  }));
  return { decision, entities, differences: [], newLinks: [], withheld: {}, leftOut: null, stamps: [] };
}

function decide(input: PlanInput, source: StoredRoot): Decision {
  const { settings, capabilities } = input;
  // Who creates everything has linked what the target held before (census), or it was empty.
  if (settings.create[source.root] !== 'all' && !createdSinceMigration(source, settings.migratedAt))
    return {
      kind: 'park',
      reason: 'unlinked',
      message: 'it is older than the migration, and nothing at the target was found to be it',
    };
  if (settings.create[source.root] === 'none' || !capabilities.creatable.has(source.root))
    return { kind: 'skip', reason: 'not-created' };
  switch (source.root) {
    case 'product':
      return productDraft(input, source);
    case 'order':
      return orderDraft(input, source);
    case 'customer':
      return { kind: 'create', draft: { root: 'customer', sourceId: source.id, customer: source.customer } };
  }
}

/** What was made at the source since the migration is new; what is older, or of unknown age, should have been migrated. */
export function createdSinceMigration({ createdAt }: StoredRoot, migratedAt: number | null): boolean {
  return migratedAt !== null && createdAt !== null && Date.parse(createdAt) >= migratedAt;
}

function productDraft({ settings, express }: PlanInput, source: StoredProduct): Decision {
  const strange = source.variants.find(({ variant }) => mapStockStatus(variant, settings.maps.stockStatus) === null);
  if (strange !== undefined)
    return {
      kind: 'park',
      reason: 'unmapped-value',
      message: `${unknownStockWord(strange.variant)}, so the product is not made`,
    };
  // A created entity is made whole; selected fields pass through their maps, as they would later.
  const variants = source.variants.map(({ id, variant: said }) => {
    const { stockWord: _, ...rest } = said;
    const variant: Variant = {
      ...rest,
      stockStatus: mapStockStatus(said, settings.maps.stockStatus) ?? said.stockStatus,
    };
    const selected = selectedOf(settings.selection, 'variant');
    const { wanted } = mapFields('variant', variant, selected, settings.maps);
    const expressed = express({ entity: 'variant', wanted, source: variant, present: null, selected });
    return { sourceId: id, variant: { ...variant, ...expressed.wanted } as Variant };
  });
  return { kind: 'create', draft: { root: 'product', sourceId: source.id, product: source.product, variants } };
}

function orderDraft(input: PlanInput, source: StoredOrder): Decision {
  const { settings, references } = input;
  const { order } = source;
  const status = mapStatus(order.status, settings.maps.orderStatus, order);
  if (status === 'ignore') return { kind: 'skip', reason: 'not-created' };
  if (status === null || status.state === null)
    return {
      kind: 'park',
      reason: 'unmapped-value',
      message: `status "${order.status.word}" has no mapping, so the order is not made`,
    };
  const open = status.state.fulfilment === 'open' && !status.state.cancelled;
  if (open && settings.openOrders === 'skip') return { kind: 'skip', reason: 'not-created' };

  const asText = settings.unlinkedLines === 'text' && input.waited === true;
  const needs = missingReferences(source, references).filter(({ root }) => !asText || root !== 'product');
  if (needs.length > 0) return { kind: 'wait', reason: 'parent-missing', needs };
  const lineVariantIds = order.lines.map(({ variantId }) =>
    variantId === null ? null : (references.get(`variant:${variantId}`)?.targetId ?? null),
  );
  const customerId =
    order.customerId === null ? null : (references.get(`customer:${order.customerId}`)?.targetId ?? null);
  const hold = isCarriedOnHold(input, status.state);
  return {
    kind: 'create',
    draft: {
      root: 'order',
      sourceId: source.id,
      order: { ...order, refunds: refundsToMake(status.state, order) },
      state: status.state,
      lineVariantIds,
      customerId,
      hold,
    },
  };
}

// A status that says "refunded" without any record is made as such; records that do not come to it are completed.
function refundsToMake(state: OrderState, order: Order): Refund[] {
  if (order.refunds.length === 0) return [];
  const lacking = lackingRefunds(state, order, { refunds: [] });
  return lacking.kind === 'refunds' ? [...lacking.refunds] : order.refunds;
}

/** Whether an order in this state is carried on a hold of ours, so that no warehouse ships what the old shop ships. */
export function isCarriedOnHold(
  { settings, capabilities }: Pick<PlanInput, 'settings' | 'capabilities'>,
  state: OrderState,
): boolean {
  // Of one that is shipped in part the rest is still to leave.
  const open = state.fulfilment !== 'fulfilled' && !state.cancelled;
  return open && settings.openOrders === 'hold' && capabilities.holdsOrders;
}

function missingReferences(
  { order }: StoredOrder,
  references: PlanInput['references'],
): readonly { root: RootKind; rootId: string }[] {
  const products = order.lines.flatMap(({ productId, variantId }) =>
    productId !== null && variantId !== null && !references.has(`variant:${variantId}`) ? [productId] : [],
  );
  const customers =
    order.customerId !== null && !references.has(`customer:${order.customerId}`) ? [order.customerId] : [];
  return [
    ...[...new Set(products)].map((rootId) => ({ root: 'product' as const, rootId })),
    ...customers.map((rootId) => ({ root: 'customer' as const, rootId })),
  ];
}
