import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, StoreIdentity } from '../store-connector.ts';
import { askedOnce } from './woocommerce-asked-once.ts';
import type { WooClient } from './woocommerce-client.ts';
import { createFeatures } from './woocommerce-features.ts';
import type { Features } from './woocommerce-features.ts';
import type { ShopUnits } from './woocommerce-mapping.ts';
import { idOnlySchema, settingSchema, systemStatusSchema } from './woocommerce-wire.ts';

/** What a shop says about itself as a whole. */
export type Shop = Features & {
  readonly identify: (call: CallContext) => Promise<StoreIdentity>;
  /** Asked once: entities are read in them, and they do not change while a shop lives. */
  readonly units: (call: CallContext) => Promise<ShopUnits>;
  /** Whether the shop works out taxes of orders by itself. */
  readonly taxMode: (call: CallContext) => Promise<'own' | 'none'>;
  readonly probe: (call: CallContext) => Promise<{ readonly date: number | null }>;
};

const STATUS_FIELDS =
  'environment.store_id,environment.home_url,environment.version,settings.currency,settings.enabled_features';
const NOT_FOR_US: ReadonlySet<number | null> = new Set([401, 403, 404]);

export function createShop(client: WooClient): Shop {
  const readStatus = async (call: CallContext) => {
    const { data } = await client.get(
      systemStatusSchema,
      {
        path: '/system_status',
        query: { _fields: STATUS_FIELDS },
        action: 'read the shop’s system status',
      },
      call,
    );
    return data;
  };

  /** Null where the key may not read settings, or the shop has none of that name. */
  const readSetting = async (path: string, call: CallContext): Promise<string | null> => {
    try {
      const { data } = await client.get(
        settingSchema,
        { path: `/settings/${path}`, action: `read the setting ${path}` },
        call,
      );
      return typeof data.value === 'string' ? data.value : null;
    } catch (error) {
      if (isSyncError(error) && NOT_FOR_US.has(error.status)) return null;
      throw error;
    }
  };

  const readUnits = async (call: CallContext): Promise<ShopUnits> => {
    const { settings } = await readStatus(call);
    return { currency: settings.currency, weightUnit: await readSetting('products/woocommerce_weight_unit', call) };
  };

  return {
    async identify(call) {
      const { environment, settings } = await readStatus(call);
      const taxes = await readSetting('tax/woocommerce_prices_include_tax', call);
      const home = environment.home_url.replace(/\/+$/, '');
      return {
        // A copy of the database (staging) has the same store id, so the address counts as well.
        id: `${environment.store_id ?? ''}@${home.replace(/^https?:\/\//, '')}`,
        name: home,
        version: environment.version,
        currency: settings.currency,
        taxesIncluded: taxes === null ? null : taxes === 'yes',
      };
    },
    units: askedOnce(readUnits),
    taxMode: askedOnce(async (call) =>
      (await readSetting('general/woocommerce_calc_taxes', call)) === 'yes' ? 'own' : 'none',
    ),
    ...createFeatures(client, async (call) => (await readStatus(call)).settings.enabled_features),
    async probe(call) {
      const { date } = await client.get(
        idOnlySchema.array(),
        { path: '/products', query: { per_page: 1, _fields: 'id' }, action: 'probe the shop' },
        call,
      );
      return { date };
    },
  };
}
