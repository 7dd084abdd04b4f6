import { z } from 'zod';

import type { CallContext } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as documents from './shopify-documents-shop.ts';

const answer = z.object({
  currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
});

/** What the app may do, as the merchant granted it. */
export async function readScopes(client: ShopifyClient, call: CallContext): Promise<ReadonlySet<string>> {
  const { currentAppInstallation } = await client.read(documents.SCOPES, answer, {}, call);
  return new Set(currentAppInstallation.accessScopes.map(({ handle }) => handle));
}

/**
 * Whether orders older than sixty days can be read. Without that an order that was made would one day look as if it were not there,
 * and would be made again. A yes is kept, a no is asked again.
 */
export function createAllOrders(client: ShopifyClient): (call: CallContext) => Promise<boolean> {
  let granted = false;
  return async (call) => {
    granted ||= (await readScopes(client, call)).has('read_all_orders');
    return granted;
  };
}
