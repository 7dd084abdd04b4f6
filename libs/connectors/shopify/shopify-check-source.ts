import { z } from 'zod';

import type { Selection } from '#libs/fields/field-names.ts';
import type { CallContext, Finding } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import { SUBSCRIPTIONS } from './shopify-documents-write.ts';
import { readScopes } from './shopify-scopes.ts';

type Check = {
  readonly client: ShopifyClient;
  readonly apiVersion: string;
  readonly selection: Selection;
  readonly call: CallContext;
};

/** What only a shop that is followed needs. */
export async function checkSource(check: Check): Promise<readonly Finding[]> {
  return [...(await checkHolds(check)), ...(await checkSubscriptions(check))];
}

const SHIPPED_BY_OTHERS = ['read_assigned_fulfillment_orders', 'read_third_party_fulfillment_orders'] as const;

/** Holds lie on fulfilment orders, and of those an app sees only the kinds it was granted. */
async function checkHolds({ client, selection, call }: Check): Promise<readonly Finding[]> {
  if (!selection.has('order.status')) return [];
  const granted = await readScopes(client, call);
  const missing = SHIPPED_BY_OTHERS.filter(
    (scope) => !granted.has(scope) && !granted.has(scope.replace(/^read_/, 'write_')),
  );
  if (missing.length === 0) return [];
  return [
    {
      level: 'warning',
      topic: 'holds',
      message: `The app lacks ${missing.join(', ')}: a hold on what a fulfilment service ships is not seen`,
      remedy: 'Grant them where a fulfilment service ships for the old shop; else nothing',
    },
  ];
}

const subscriptionsAnswer = z.object({
  webhookSubscriptions: z.object({
    nodes: z.array(z.object({ apiVersion: z.object({ handle: z.string() }).nullish() })),
  }),
});

/** Bodies are written in the version that the app has for webhooks, whichever is asked for elsewhere. */
async function checkSubscriptions({ client, apiVersion, call }: Check): Promise<readonly Finding[]> {
  const { webhookSubscriptions } = await client.read(SUBSCRIPTIONS, subscriptionsAnswer, { after: null }, call);
  const versions = webhookSubscriptions.nodes.flatMap((node) => node.apiVersion?.handle ?? []);
  const others = [...new Set(versions)].filter((version) => version !== apiVersion);
  if (others.length === 0) return [];
  return [
    {
      level: 'warning',
      topic: 'webhook version',
      message: `Webhooks are written in API version ${others.join(', ')}, and ${apiVersion} is asked for`,
      remedy: `Set the app’s version for webhooks to ${apiVersion}`,
    },
  ];
}
