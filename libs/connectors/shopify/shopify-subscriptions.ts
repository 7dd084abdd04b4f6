import { z } from 'zod';

import { entityOf, type Selection } from '#libs/fields/field-names.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { StoreConnector, Subscription } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as writes from './shopify-documents-write.ts';
import { fromGid } from './shopify-ids.ts';
import { userErrorWire } from './shopify-wire.ts';

const wire = z.object({ id: z.string(), topic: z.string(), uri: z.string().nullish() });
const listAnswer = z.object({ webhookSubscriptions: z.object({ nodes: z.array(wire) }) });
const createAnswer = z.object({
  webhookSubscriptionCreate: z.object({ webhookSubscription: wire.nullish(), userErrors: z.array(userErrorWire) }),
});
const deleteAnswer = z.object({ webhookSubscriptionDelete: z.object({ userErrors: z.array(userErrorWire) }) });

/** The platform's own word for a topic: `products/update` is PRODUCTS_UPDATE. */
function toEnum(topic: string): string {
  return topic.replaceAll(/[/.]/g, '_').toUpperCase();
}

const ALL_TOPICS: Readonly<Record<RootKind, readonly string[]>> = {
  product: [
    'products/create',
    'products/update',
    'products/delete',
    'inventory_levels/update',
    'inventory_items/update',
  ],
  order: [
    'orders/create',
    'orders/updated',
    'orders/cancelled',
    'orders/delete',
    'fulfillments/create',
    'fulfillments/update',
    'refunds/create',
  ],
  customer: ['customers/create', 'customers/update', 'customers/delete'],
};

export function shopifyTopics(selection: Selection, roots: readonly RootKind[]): readonly string[] {
  const wanted = new Set<RootKind>(roots);
  for (const field of selection) {
    const entity = entityOf(field);
    wanted.add(entity === 'variant' ? 'product' : entity);
  }
  return [...wanted].flatMap((root) => ALL_TOPICS[root]);
}

function toSubscription({ id, topic, uri }: z.infer<typeof wire>): Subscription {
  const known = Object.values(ALL_TOPICS)
    .flat()
    .find((name) => toEnum(name) === topic);
  // A subscription that fails too often is deleted, never paused.
  return { id: fromGid(id), topic: known ?? topic, url: uri ?? '', status: 'active' };
}

export function createSubscriptions(
  client: ShopifyClient,
): Pick<StoreConnector, 'listSubscriptions' | 'createSubscription' | 'deleteSubscription'> {
  return {
    async listSubscriptions(call) {
      const { webhookSubscriptions } = await client.read(writes.SUBSCRIPTIONS, listAnswer, {}, call);
      return webhookSubscriptions.nodes.map(toSubscription);
    },
    // Deliveries are signed with the app's own secret: none can be chosen here.
    async createSubscription({ topic, url }, call) {
      const sent = await client.write(
        writes.CREATE_SUBSCRIPTION,
        createAnswer,
        { topic: toEnum(topic), subscription: { uri: url, format: 'JSON' } },
        call,
      );
      if (!sent.ok)
        throw sent.error ?? new SyncError('STORE_FAILED', `Cannot subscribe to "${topic}": ${sent.failure.outcome}`);
      const { webhookSubscription, userErrors } = sent.data.webhookSubscriptionCreate;
      if (webhookSubscription === null || webhookSubscription === undefined)
        throw new SyncError(
          'STORE_REFUSED',
          `Cannot subscribe to "${topic}": ${userErrors.map(({ message }) => message).join('; ')}`,
        );
      return toSubscription(webhookSubscription);
    },
    async deleteSubscription(id, call) {
      const sent = await client.write(
        writes.DELETE_SUBSCRIPTION,
        deleteAnswer,
        { id: `gid://shopify/WebhookSubscription/${id}` },
        call,
      );
      if (!sent.ok)
        throw (
          sent.error ?? new SyncError('STORE_FAILED', `Cannot delete the subscription "${id}": ${sent.failure.outcome}`)
        );
    },
  };
}
