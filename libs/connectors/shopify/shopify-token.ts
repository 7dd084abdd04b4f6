import { z } from 'zod';

import type { Clock } from '#libs/runtime/clock.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { isCutShort, type Http } from '../http.ts';
import { baseUrl, type ShopifyConfig } from './shopify-config.ts';

/** The access token to call with. `refused` names a token that the shop no longer takes, so that another one is asked for. */
export type Tokens = {
  readonly token: (signal: AbortSignal, refused?: string) => Promise<string>;
  /** Whether another token can be had at all. */
  readonly renewable: boolean;
};

const answerSchema = z.object({ access_token: z.string(), expires_in: z.number().nullish() });
// Client credentials tokens live a day.
const LIFE_MS = 86_399_000;
const RENEWED_AT = 0.8;

export function createTokens(config: ShopifyConfig, http: Http, clock: Clock): Tokens {
  const { accessToken, clientId, clientSecret } = config;
  if (accessToken !== undefined) return { renewable: false, token: () => Promise.resolve(accessToken) };

  let known: { readonly token: string; readonly renewAt: number } | undefined;
  let asking: Promise<string> | undefined;

  const ask = async (): Promise<string> => {
    const askedAt = clock.monotonic();
    // The answer serves every caller, so no single caller's signal may end it; the HTTP call has its own limit.
    const answer = await http(
      {
        method: 'POST',
        url: `${baseUrl(config)}/admin/oauth/access_token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId ?? '',
          client_secret: clientSecret ?? '',
        }).toString(),
        action: 'get an access token',
      },
      new AbortController().signal,
    );
    if (answer.status >= 500)
      throw new SyncError('STORE_FAILED', `Cannot get an access token: HTTP ${answer.status}`, {
        status: answer.status,
      });
    if (answer.status === 429)
      throw new SyncError('STORE_RATE_LIMITED', 'Cannot get an access token: asked too often', { status: 429 });
    const parsed = answerSchema.safeParse(parseJson(answer.text));
    if (answer.status === 200 && !parsed.success && isCutShort(answer))
      throw new SyncError('STORE_SILENT', 'Cannot get an access token: no whole answer came');
    // A refusal is any other 4xx: here Shopify itself refuses with pages as well.
    if (answer.status < 400 && !parsed.success)
      throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot get an access token: the answer is not Shopify’s', {
        status: answer.status,
      });
    if (answer.status !== 200 || !parsed.success)
      throw new SyncError('STORE_UNAUTHORISED', `Cannot get an access token: HTTP ${answer.status}`, {
        status: answer.status,
      });
    const lifeMs = (parsed.data.expires_in ?? LIFE_MS / 1000) * 1000;
    known = { token: parsed.data.access_token, renewAt: askedAt + lifeMs * RENEWED_AT };
    return parsed.data.access_token;
  };

  return {
    renewable: true,
    async token(_signal, refused) {
      if (known !== undefined && known.token !== refused && clock.monotonic() < known.renewAt) return known.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return await asking;
    },
  };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
