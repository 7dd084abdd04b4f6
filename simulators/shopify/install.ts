import { createHmac } from 'node:crypto';

import type { Credentials } from './tokens.ts';
import type { World } from './world.ts';

/** The merchant's side of installing an app by the authorization code grant. */
export type Install = {
  /** The merchant agrees on that page; answers where their browser is sent. Null: the page is not one of this app. */
  readonly agree: (page: string) => string | null;
  /** What a code is exchanged for, once; null: it is none of ours, or used already. */
  readonly exchange: (code: string) => { readonly scope: string } | null;
};

export function createInstall(world: World, { clientId, clientSecret }: Credentials): Install {
  const codes = new Map<string, string>();
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(world.random() * 16).toString(16)).join('');
  const shop = `${world.settings.shop}.myshopify.com`;

  return {
    agree(page) {
      const { pathname, searchParams: asked } = new URL(page);
      const redirect = URL.parse(asked.get('redirect_uri') ?? '');
      const isOurs =
        pathname === '/admin/oauth/authorize' && clientId !== undefined && asked.get('client_id') === clientId;
      if (!isOurs || redirect === null) return null;
      const code = hex(32);
      // A merchant can give no more than the app may ask for.
      const wanted = (asked.get('scope') ?? '').split(',');
      codes.set(code, wanted.filter((scope) => world.settings.scopes.includes(scope)).join(','));
      const said: Record<string, string> = {
        code,
        host: Buffer.from(`admin.shopify.com/store/${world.settings.shop}`).toString('base64').replaceAll('=', ''),
        shop,
        state: asked.get('state') ?? '',
        timestamp: String(Math.floor(world.now() / 1000)),
      };
      const signed = Object.keys(said)
        .toSorted()
        .map((name) => `${name}=${said[name]}`)
        .join('&');
      const hmac = createHmac('sha256', clientSecret ?? '')
        .update(signed)
        .digest('hex');
      redirect.search = new URLSearchParams({ ...said, hmac }).toString();
      return redirect.toString();
    },
    exchange(code) {
      const scope = codes.get(code);
      codes.delete(code);
      return scope === undefined ? null : { scope };
    },
  };
}
