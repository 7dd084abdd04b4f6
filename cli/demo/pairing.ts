import { PLATFORMS, type PlatformName } from '#libs/connectors/registry.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

/** Which kind of shop is the old one, and which the new one. */
export type Pairing = { readonly from: PlatformName; readonly to: PlatformName };

export const DEFAULT_PAIRING: Pairing = { from: 'woocommerce', to: 'shopify' };

export function platformOf(option: string, text: string | undefined, otherwise: PlatformName): PlatformName {
  if (text === undefined) return otherwise;
  const names = Object.keys(PLATFORMS) as PlatformName[];
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new SyncError('USAGE', `Cannot open a shop of "--${option} ${text}": there are ${names.join(', ')}`);
}

export function labelOf(platform: PlatformName): string {
  return PLATFORMS[platform].label;
}
