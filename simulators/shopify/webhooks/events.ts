import type {
  CustomerRecord,
  FulfillmentRecord,
  InventoryItemRecord,
  InventoryLevelRecord,
  OrderRecord,
  RefundRecord,
  TransactionRecord,
  VariantRecord,
} from '../records.ts';
import type { Change } from '../table.ts';

/** One thing that the store tells of; of the same kind and id at most one waits for each subscription. */
export type WebhookEvent = {
  /** As in the header: `products/update`. */
  readonly topic: string;
  /** The ledger's word for what it is about, with its gid. */
  readonly entity: string;
  readonly id: string;
  readonly parentId?: string;
  /** What only the change itself knows: tags that were added. */
  readonly detail?: readonly string[];
};

/** What a change of a row makes the store tell. What moves no clock (a hold) is told to nobody. */
export function eventsOf(change: Change): readonly WebhookEvent[] {
  if (change.silent) return [];
  const { entity, id } = change;
  switch (entity) {
    case 'product':
      return [{ topic: `products/${change.action}`, entity, id }];
    case 'variant': {
      const { productId } = rowOf(change) as VariantRecord;
      return [{ topic: 'products/update', entity: 'product', id: productId }];
    }
    case 'inventoryItem':
      return [
        {
          topic: `inventory_items/${change.action}`,
          entity,
          id,
          parentId: (rowOf(change) as InventoryItemRecord).variantId,
        },
      ];
    case 'inventoryLevel':
      return levelEvents(change);
    case 'order':
      return orderEvents(change);
    case 'fulfillment': {
      if (change.action === 'delete') return [];
      const { orderId } = rowOf(change) as FulfillmentRecord;
      return [{ topic: `fulfillments/${change.action}`, entity, id, parentId: orderId }];
    }
    case 'refund':
      return change.action === 'create'
        ? [{ topic: 'refunds/create', entity, id, parentId: (rowOf(change) as RefundRecord).orderId }]
        : [];
    case 'transaction':
      return change.action === 'create'
        ? [{ topic: 'order_transactions/create', entity, id, parentId: (rowOf(change) as TransactionRecord).orderId }]
        : [];
    case 'customer':
      return customerEvents(change);
    default:
      return [];
  }
}

/** The row as it is or, gone, as it was. */
function rowOf({ before, after }: Change): unknown {
  return after ?? before;
}

function levelEvents(change: Change): readonly WebhookEvent[] {
  const before = change.before as InventoryLevelRecord | undefined;
  const after = change.after as InventoryLevelRecord | undefined;
  const { inventoryItemId: parentId } = rowOf(change) as InventoryLevelRecord;
  const event = { entity: change.entity, id: change.id, parentId };
  if (after === undefined || (before?.isActive === true && !after.isActive))
    return [{ ...event, topic: 'inventory_levels/disconnect' }];
  const connected = before === undefined || (!before.isActive && after.isActive);
  return [
    ...(connected ? [{ ...event, topic: 'inventory_levels/connect' }] : []),
    ...(before?.available === after.available ? [] : [{ ...event, topic: 'inventory_levels/update' }]),
  ];
}

function orderEvents(change: Change): readonly WebhookEvent[] {
  const { entity, id, action } = change;
  const before = change.before as OrderRecord | undefined;
  const after = change.after as OrderRecord | undefined;
  const told = (topic: string): WebhookEvent => ({ topic: `orders/${topic}`, entity, id });
  if (after === undefined) return [told('delete')];
  const became = <K extends keyof OrderRecord>(field: K, value: OrderRecord[K]): boolean =>
    after[field] === value && before?.[field] !== value;
  return [
    // A new order is told of as created, and at once as changed.
    ...(action === 'create' ? [told('create')] : [told('updated')]),
    ...(after.cancelledAt !== null && (before?.cancelledAt ?? null) === null ? [told('cancelled')] : []),
    ...(became('displayFinancialStatus', 'PAID') ? [told('paid')] : []),
    ...(became('displayFulfillmentStatus', 'FULFILLED') ? [told('fulfilled')] : []),
    ...(became('displayFulfillmentStatus', 'PARTIALLY_FULFILLED') ? [told('partially_fulfilled')] : []),
  ];
}

/** Consent and tags have topics of their own, as they are no part of a customer's body. */
function customerEvents(change: Change): readonly WebhookEvent[] {
  const { entity, id } = change;
  const before = change.before as CustomerRecord | undefined;
  const after = change.after as CustomerRecord | undefined;
  const told = (topic: string): WebhookEvent => ({ topic, entity, id });
  if (before === undefined || after === undefined) return [told(`customers/${change.action}`)];
  const added = after.tags.filter((tag) => !before.tags.includes(tag));
  const removed = before.tags.filter((tag) => !after.tags.includes(tag));
  return [
    told('customers/update'),
    ...(before.emailConsent.marketingState === after.emailConsent.marketingState
      ? []
      : [told('customers_email_marketing_consent/update')]),
    ...(before.smsConsent.marketingState === after.smsConsent.marketingState
      ? []
      : [told('customers_marketing_consent/update')]),
    ...(added.length === 0 ? [] : [{ ...told('customer.tags_added'), detail: added }]),
    ...(removed.length === 0 ? [] : [{ ...told('customer.tags_removed'), detail: removed }]),
  ];
}
