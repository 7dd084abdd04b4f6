import { z } from 'zod';

import { entityOf, type Selection } from '#libs/fields/field-names.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, StoreConnector, Subscription, WriteContext } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import type { Document } from './shopify-documents.ts';
import * as writes from './shopify-documents-write.ts';
import { fromGid } from './shopify-ids.ts';
import { fromTopicEnum, TOPICS, topicsOf, toTopicEnum } from './shopify-topics.ts';
import { userErrorWire } from './shopify-wire.ts';

const wire = z.object({
  id: z.string(),
  topic: z.string(),
  uri: z.string().nullish(),
  format: z.string().nullish(),
  filter: z.string().nullish(),
  includeFields: z.array(z.string()).nullish(),
});
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const listAnswer = z.object({ webhookSubscriptions: z.object({ nodes: z.array(wire), pageInfo }) });
const payload = z.object({ webhookSubscription: wire.nullish(), userErrors: z.array(userErrorWire) });
const createAnswer = z.object({ webhookSubscriptionCreate: payload });
const updateAnswer = z.object({ webhookSubscriptionUpdate: payload });
const deleteAnswer = z.object({ webhookSubscriptionDelete: z.object({ userErrors: z.array(userErrorWire) }) });

export function shopifyTopics(selection: Selection, roots: readonly RootKind[]): readonly string[] {
  const wanted = new Set<RootKind>(roots);
  for (const field of selection) {
    const entity = entityOf(field);
    wanted.add(entity === 'variant' ? 'product' : entity);
  }
  return topicsOf(wanted);
}

function toSubscription(found: z.infer<typeof wire>): Subscription {
  const topic = fromTopicEnum(found.topic);
  const why = whyUnsound(topic, found);
  // One that fails too often is deleted by the shop, never paused.
  const subscription = { id: fromGid(found.id), topic, url: found.uri ?? '', status: 'active' } as const;
  return why === null ? subscription : { ...subscription, unsound: why };
}

/** What keeps a subscription from telling all that is needed: whoever made it meant it for something else. */
function whyUnsound(name: string, { format, filter, includeFields }: z.infer<typeof wire>): string | null {
  if ((format ?? 'JSON') !== 'JSON') return `its bodies are ${format}`;
  if ((filter ?? '') !== '') return 'it has a filter, and tells only of a part';
  const topic = TOPICS[name];
  const fields = includeFields ?? [];
  if (topic === undefined || fields.length === 0) return null;
  const path = topic.id.join('.');
  const hasId = fields.some((field) => field === path || path.startsWith(`${field}.`));
  if (!hasId) return `its bodies lack "${path}"`;
  // Two bodies that are alike are sent as one, so the time must be in them.
  return topic.fields?.includes('updated_at') === true && !fields.includes('updated_at')
    ? 'its bodies lack "updated_at"'
    : null;
}

// A shop has one subscription for a topic and an address.
const TAKEN = /already been taken/i;
const GONE = /does not exist/i;

type Errors = readonly { readonly message: string }[];

function refused(action: string, errors: Errors): SyncError {
  return new SyncError('STORE_REFUSED', `Cannot ${action}: ${errors.map(({ message }) => message).join('; ')}`);
}

export function createSubscriptions(
  client: ShopifyClient,
): Pick<StoreConnector, 'listSubscriptions' | 'createSubscription' | 'deleteSubscription'> {
  const send = async <T>(
    document: Document,
    schema: z.ZodType<T>,
    { variables, action, call }: { variables: Readonly<Record<string, unknown>>; action: string; call: WriteContext },
  ): Promise<T> => {
    const sent = await client.write(document, schema, variables, call);
    if (sent.ok) return sent.data;
    throw sent.error ?? new SyncError('STORE_FAILED', `Cannot ${action}: ${sent.failure.outcome}`);
  };
  const list = async (call: CallContext): Promise<readonly z.infer<typeof wire>[]> => {
    const found: z.infer<typeof wire>[] = [];
    for (let after: string | null = null; ;) {
      const page: z.infer<typeof listAnswer> = await client.read(writes.SUBSCRIPTIONS, listAnswer, { after }, call);
      const { nodes, pageInfo: info } = page.webhookSubscriptions;
      found.push(...nodes);
      after = info.endCursor ?? null;
      if (!info.hasNextPage || after === null) return found;
    }
  };

  return {
    async listSubscriptions(call) {
      return (await list(call)).map(toSubscription);
    },
    // Deliveries are signed with the app's own secret: none can be chosen here.
    async createSubscription({ topic, url }, call) {
      const action = `subscribe to "${topic}"`;
      const subscription = { uri: url, format: 'JSON', filter: null, includeFields: TOPICS[topic]?.fields ?? [] };
      const variables = { topic: toTopicEnum(topic), subscription };
      const { webhookSubscriptionCreate } = await send(writes.CREATE_SUBSCRIPTION, createAnswer, {
        variables,
        action,
        call,
      });
      if (present(webhookSubscriptionCreate.webhookSubscription))
        return toSubscription(webhookSubscriptionCreate.webhookSubscription);
      const { userErrors } = webhookSubscriptionCreate;
      const known = userErrors.some(({ message }) => TAKEN.test(message))
        ? (await list(call)).find((one) => one.topic === toTopicEnum(topic) && one.uri === url)
        : undefined;
      if (known === undefined) throw refused(action, userErrors);
      const { webhookSubscriptionUpdate: changed } = await send(writes.UPDATE_SUBSCRIPTION, updateAnswer, {
        variables: { id: known.id, subscription },
        action,
        call,
      });
      if (!present(changed.webhookSubscription)) throw refused(action, changed.userErrors);
      return toSubscription(changed.webhookSubscription);
    },
    async deleteSubscription(id, call) {
      const action = `delete the subscription "${id}"`;
      const variables = { id: `gid://shopify/WebhookSubscription/${id}` };
      const { webhookSubscriptionDelete } = await send(writes.DELETE_SUBSCRIPTION, deleteAnswer, {
        variables,
        action,
        call,
      });
      const errors = webhookSubscriptionDelete.userErrors.filter(({ message }) => !GONE.test(message));
      if (errors.length > 0) throw refused(action, errors);
    },
  };
}

function present<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
