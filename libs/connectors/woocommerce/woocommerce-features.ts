import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext } from '../store-connector.ts';
import { askedOnce } from './woocommerce-asked-once.ts';
import type { WooClient } from './woocommerce-client.ts';
import { idOnlySchema } from './woocommerce-wire.ts';

/** What not every shop has: asked when it is first wanted. */
export type Features = {
  /** Whether the shop keeps fulfilments of WooCommerce's own. */
  readonly hasFulfilments: (call: CallContext) => Promise<boolean>;
  /** Whether Germanized's list of shipments is there. */
  readonly hasShipments: (call: CallContext) => Promise<boolean>;
  /** Whether variations of many products can be read at once (since WooCommerce 10.3). */
  readonly hasVariationsList: (call: CallContext) => Promise<boolean>;
};

export function createFeatures(
  client: WooClient,
  readEnabled: (call: CallContext) => Promise<readonly string[]>,
): Features {
  const hasRoute = async (path: string, call: CallContext): Promise<boolean> => {
    const query = { per_page: 1, _fields: 'id' };
    try {
      await client.get(idOnlySchema.array(), { path, query, action: `see whether the shop has ${path}` }, call);
      return true;
    } catch (error) {
      if (isSyncError(error) && NOT_FOR_US.has(error.status)) return false;
      throw error;
    }
  };
  return {
    hasFulfilments: askedOnce(async (call) => (await readEnabled(call)).includes('fulfillments')),
    hasShipments: askedOnce((call) => hasRoute('/shipments', call)),
    // A list that breaks is as good as none, since there is another way.
    hasVariationsList: askedOnce((call) =>
      hasRoute('/variations', call).catch((error: unknown) => {
        if (isSyncError(error) && error.code === 'STORE_FAILED') return false;
        throw error;
      }),
    ),
  };
}

// A route that is not there, or that this key may not read.
const NOT_FOR_US: ReadonlySet<number | null> = new Set([401, 403, 404]);
