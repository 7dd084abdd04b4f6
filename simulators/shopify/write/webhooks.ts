import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import { toNamespace } from '../metafields.ts';
import type { UserErrorRecord } from '../records.ts';
import type { WebhookSubscriptionRecord } from '../app-records.ts';
import type { World } from '../world.ts';

type Input = {
  readonly uri?: Maybe<string>;
  readonly callbackUrl?: Maybe<string>;
  readonly name?: Maybe<string>;
  readonly filter?: Maybe<string>;
  readonly format?: Maybe<string>;
  readonly includeFields?: Maybe<readonly string[]>;
  readonly metafieldNamespaces?: Maybe<readonly string[]>;
  readonly metafields?: Maybe<readonly { readonly namespace?: Maybe<string>; readonly key: string }[]>;
};
type Payload = {
  readonly webhookSubscription: WebhookSubscriptionRecord | null;
  readonly userErrors: readonly UserErrorRecord[];
};

const ADDRESS = ['webhookSubscription', 'callbackUrl'];

export const webhookMutations: ResolverMap[string] = {
  webhookSubscriptionCreate: (
    _: unknown,
    { topic, webhookSubscription: input }: { topic: string; webhookSubscription: Input },
    { world },
  ): Payload => {
    const uri = input.uri ?? input.callbackUrl ?? '';
    const errors = subscriptionErrors(world, topic, { ...input, uri }, undefined);
    if (errors.length > 0) return { webhookSubscription: null, userErrors: errors };
    const stamp = world.stamp();
    const webhookSubscription = world.webhooks.insert({
      id: world.gid('WebhookSubscription'),
      topic,
      uri,
      name: input.name ?? null,
      format: input.format ?? 'JSON',
      filter: input.filter ?? null,
      includeFields: input.includeFields ?? [],
      metafieldNamespaces: input.metafieldNamespaces ?? [],
      metafields: (input.metafields ?? []).map(({ namespace, key }) => ({
        namespace: toNamespace(world, namespace),
        key,
      })),
      createdAt: stamp,
      updatedAt: stamp,
    });
    return { webhookSubscription, userErrors: [] };
  },
  webhookSubscriptionUpdate: (
    _: unknown,
    { id, webhookSubscription: input }: { id: string; webhookSubscription: Input },
    { world },
  ): Payload => {
    const known = world.webhooks.get(id);
    if (known === undefined)
      return { webhookSubscription: null, userErrors: [userError(['id'], 'Webhook subscription does not exist')] };
    const uri = input.uri ?? input.callbackUrl ?? known.uri;
    const errors = subscriptionErrors(world, known.topic, { ...input, uri }, id);
    if (errors.length > 0) return { webhookSubscription: null, userErrors: errors };
    const webhookSubscription = world.webhooks.update(id, {
      uri,
      name: input.name ?? known.name,
      format: input.format ?? known.format,
      filter: input.filter === undefined ? known.filter : input.filter,
      includeFields: input.includeFields ?? known.includeFields,
      metafieldNamespaces: input.metafieldNamespaces ?? known.metafieldNamespaces,
      updatedAt: world.stamp(),
    });
    return { webhookSubscription, userErrors: [] };
  },
  webhookSubscriptionDelete: (_: unknown, { id }: { id: string }, { world }) => {
    if (world.webhooks.get(id) === undefined)
      return {
        deletedWebhookSubscriptionId: null,
        userErrors: [userError(['id'], 'Webhook subscription does not exist')],
      };
    world.webhooks.remove(id);
    return { deletedWebhookSubscriptionId: id, userErrors: [] };
  },
};

function subscriptionErrors(
  world: World,
  topic: string,
  input: Input & { readonly uri: string },
  id: string | undefined,
): UserErrorRecord[] {
  const { uri } = input;
  const others = world.webhooks.all().filter((other) => other.id !== id);
  const errors: UserErrorRecord[] = [];
  if (uri === '') errors.push(userError(ADDRESS, "Address can't be blank"));
  else if (uri.startsWith('http://')) errors.push(userError(ADDRESS, 'Address protocol http:// is not supported'));
  else if (/^https:\/\/([\w-]+\.)*(myshopify\.com|shopify\.com|localhost)(\/|:|$)/.test(uri))
    errors.push(userError(ADDRESS, 'Address cannot be a Shopify or an internal domain'));
  else if (Buffer.byteLength(uri) > 65_535)
    errors.push(userError(ADDRESS, 'Address is too big (maximum is 65535 bytes)'));
  else if (others.some((other) => other.topic === topic && other.uri === uri))
    errors.push(userError(ADDRESS, 'Address for this topic has already been taken'));
  if (typeof input.name === 'string' && others.some(({ name }) => name?.toLowerCase() === input.name?.toLowerCase())) {
    errors.push(userError(['webhookSubscription', 'name'], 'Name already exists, no duplicate allowed'));
  }
  return errors;
}
