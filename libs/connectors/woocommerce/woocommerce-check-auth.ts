import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext } from '../store-connector.ts';
import { authMode } from './woocommerce-config.ts';
import type { AuthMode, WooCommerceConfig } from './woocommerce-config.ts';

/** Asks the shop something with the key shown that way; throws where it is not taken. */
export type TryAuth = (auth: AuthMode, call: CallContext) => Promise<void>;

const MODES: readonly AuthMode[] = ['header', 'query', 'oauth1'];

/** By which other way of showing it the shop takes this key; null: by none. */
export async function findAuth(
  config: WooCommerceConfig,
  tryAuth: TryAuth,
  call: CallContext,
): Promise<AuthMode | null> {
  for (const mode of MODES.filter((one) => one !== authMode(config) && maySend(config, one))) {
    try {
      await tryAuth(mode, call);
      return mode;
    } catch (error) {
      if (!isSyncError(error)) throw error;
    }
  }
  return null;
}

/** Over plain http a key is shown as a signature only, and the header holds one user and password. */
function maySend({ url, httpAuth }: WooCommerceConfig, mode: AuthMode): boolean {
  if (mode === 'oauth1') return true;
  return url.startsWith('https:') && (mode === 'query' || httpAuth === undefined);
}
