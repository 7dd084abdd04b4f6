import type { World } from './world.ts';

export type Credentials = {
  readonly accessToken: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
};

export type Tokens = {
  readonly isValid: (token: string | undefined) => boolean;
  /** The client credentials grant: a new token that lives a day; with a code, one that does not end. */
  readonly grant: (body: string, contentType: string) => { readonly status: number; readonly body: string };
  readonly revoke: () => void;
};

export const UNAUTHORISED = JSON.stringify({
  errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
});

export function createTokens(
  world: World,
  credentials: Credentials,
  exchange: (code: string) => { readonly scope: string } | null = () => null,
): Tokens {
  const granted = new Map<string, number>();
  let staticToken: string | undefined = credentials.accessToken;
  let count = 0;
  const issue = (until: number): string => {
    count += 1;
    const token = `shpat_${count.toString(16).padStart(4, '0')}${Math.floor(world.random() * 2 ** 48)
      .toString(16)
      .padStart(28, '0')}`;
    granted.set(token, until);
    return token;
  };

  return {
    isValid(token) {
      if (token === undefined) return false;
      if (token === staticToken) return true;
      return world.now() < (granted.get(token) ?? 0);
    },
    grant(body, contentType) {
      const form = contentType.includes('json') ? readJson(body) : Object.fromEntries(new URLSearchParams(body));
      const known =
        credentials.clientId !== undefined &&
        form['client_id'] === credentials.clientId &&
        form['client_secret'] === credentials.clientSecret;
      if (!known)
        return {
          status: 400,
          body: JSON.stringify({ error: 'invalid_client', error_description: 'Client authentication failed' }),
        };
      const { code } = form;
      if (typeof code === 'string') {
        const given = exchange(code);
        return given === null
          ? { status: 400, body: JSON.stringify({ error: 'invalid_request' }) }
          : {
              status: 200,
              body: JSON.stringify({ access_token: issue(Number.POSITIVE_INFINITY), scope: given.scope }),
            };
      }
      if (form['grant_type'] !== 'client_credentials')
        return { status: 400, body: JSON.stringify({ error: 'unsupported_grant_type' }) };
      return {
        status: 200,
        body: JSON.stringify({
          access_token: issue(world.now() + world.settings.tokenLifeMs),
          scope: world.settings.scopes.join(','),
          expires_in: Math.floor(world.settings.tokenLifeMs / 1000),
        }),
      };
    },
    revoke() {
      granted.clear();
      staticToken = undefined;
    },
  };
}

function readJson(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}
