import type { DeclaredPlatform } from '#libs/connectors/fields-docs.ts';
import { PLATFORMS, type PlatformName } from '#libs/connectors/registry.ts';
import { capabilitiesOf, type AnyPlatform } from '#libs/runtime/config/platform-part.ts';

/** The least that each platform's part of a config needs: a connector says what it can do without asking any store. */
const SAMPLES: Readonly<Record<PlatformName, unknown>> = {
  woocommerce: {
    url: 'https://shop.example.com',
    consumerKey: 'ck_sample',
    consumerSecret: 'cs_sample',
    webhooks: 'off',
  },
  shopify: { shop: 'sample.myshopify.com', accessToken: 'shpat_sample', location: 'Main warehouse' },
};

/** Every platform with what it declares. */
export async function declaredPlatforms(): Promise<readonly DeclaredPlatform[]> {
  const names = Object.keys(PLATFORMS) as PlatformName[];
  return Promise.all(
    names.map(async (name) => {
      const platform: AnyPlatform = PLATFORMS[name];
      const config: unknown = platform.configSchema.parse(SAMPLES[name]);
      return { label: platform.label, capabilities: await capabilitiesOf(platform, config) };
    }),
  );
}
