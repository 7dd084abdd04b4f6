import { selectedOf } from '#libs/fields/field-names.ts';
import type { Selection } from '#libs/fields/field-names.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { StoreConnector, Subscription } from '../store-connector.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import { idOnlySchema, webhookWireSchema } from './woocommerce-wire.ts';

type Subscriptions = Pick<
  StoreConnector,
  'listSubscriptions' | 'createSubscription' | 'deleteSubscription' | 'provoke' | 'topicsFor'
>;

export function createSubscriptions(client: WooClient): Subscriptions {
  return {
    async listSubscriptions(call) {
      const found = new Map<string, Subscription>();
      for (let page = 1; ; page++) {
        const { data } = await client.get(
          webhookWireSchema.array(),
          {
            path: '/webhooks',
            query: { per_page: PAGE_MAX, page, orderby: 'id', order: 'asc', _fields: 'id,topic,delivery_url,status' },
            action: 'list webhooks',
          },
          call,
        );
        for (const wire of data) found.set(wire.id, toSubscription(wire));
        if (data.length < PAGE_MAX) return [...found.values()];
      }
    },

    // The shop pings the address within this call; a ping that fails does not fail it.
    async createSubscription({ topic, url, secret }, call) {
      const body = { name: `Lockstep ${topic}`, topic, delivery_url: url, secret, status: 'active' };
      const request = { method: 'POST' as const, path: '/webhooks', body, action: `register the webhook ${topic}` };
      return toSubscription(await client.send(webhookWireSchema, request, call));
    },

    // Without force the shop answers 501: webhooks have no trash. What is still queued is dropped with it.
    async deleteSubscription(id, call) {
      const request = {
        method: 'DELETE' as const,
        path: `/webhooks/${encodeURIComponent(id)}`,
        query: { force: 'true' },
        action: `remove the webhook ${id}`,
      };
      await client.send(idOnlySchema, request, call);
    },

    // An empty change is announced like any other; that of an order mails nobody.
    async provoke(root, call) {
      if (root === 'customer') return null;
      const path = `/${root}s`;
      const query = { per_page: 1, orderby: 'id', order: 'desc', _fields: 'id' };
      const { data } = await client.get(idOnlySchema.array(), { path, query, action: `list ${root}s` }, call);
      const id = data[0]?.id;
      if (id === undefined) return null;
      const action = `save ${root} ${id} as it is`;
      await client.send(idOnlySchema, { method: 'PUT', path: `${path}/${id}`, body: {}, action }, call);
      return id;
    },

    topicsFor,
  };
}

function toSubscription(wire: {
  readonly id: string;
  readonly topic: string;
  readonly delivery_url: string;
  readonly status: string;
}): Subscription {
  // The shop disables one for good after seven failures in a row.
  const status = wire.status === 'active' || wire.status === 'paused' ? wire.status : 'disabled';
  return { id: wire.id, topic: wire.topic, url: wire.delivery_url, status };
}

// `customer.restored` can be registered and never fires.
const EVENTS: Readonly<Record<RootKind, readonly string[]>> = {
  product: ['created', 'updated', 'deleted', 'restored'],
  order: ['created', 'updated', 'deleted', 'restored'],
  customer: ['created', 'updated', 'deleted'],
};

function topicsFor(selection: Selection, roots: readonly RootKind[]): readonly string[] {
  const wanted = new Set(roots);
  if (selectedOf(selection, 'product').length > 0 || selectedOf(selection, 'variant').length > 0) wanted.add('product');
  if (selectedOf(selection, 'order').length > 0) wanted.add('order');
  if (selectedOf(selection, 'customer').length > 0) wanted.add('customer');
  return (['product', 'order', 'customer'] as const)
    .filter((root) => wanted.has(root))
    .flatMap((root) => EVENTS[root].map((event) => `${root}.${event}`));
}
