import type { ApiKey } from './auth.ts';

/** What the merchant's browser gets: a page under a status, or the address it is sent on to. */
export type BrowserAnswer = { readonly status: number; readonly location: string | null; readonly page: string };

export type Approval = {
  /** Whether the merchant is logged in as an administrator; they are, by default. */
  readonly loggedIn?: boolean;
  /** Whether they agree; they do, by default. */
  readonly agrees?: boolean;
  /** Where a callback address can be reached; by default at itself. */
  readonly tunnel?: (callbackUrl: string) => string;
};

/** The page `/wc-auth/v1/authorize`, which hands out a key when the merchant agrees. */
export type WcAuth = { readonly visit: (page: string, approval?: Approval) => Promise<BrowserAnswer> };

type Options = {
  /** The shop's keys; a new one is added, and taken away again where nobody took it. */
  readonly keys: ApiKey[];
  readonly random: () => number;
};

const NEEDED = ['app_name', 'scope', 'user_id', 'return_url', 'callback_url'] as const;

export function createWcAuth({ keys, random }: Options): WcAuth {
  let count = 0;
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

  const grant = async (query: URLSearchParams, permissions: ApiKey['permissions'], tunnel: (url: string) => string) => {
    count += 1;
    const key: ApiKey = { consumerKey: `ck_${hex(40)}`, consumerSecret: `cs_${hex(40)}`, permissions };
    keys.push(key);
    const body = {
      key_id: count,
      user_id: query.get('user_id') ?? '',
      consumer_key: key.consumerKey,
      consumer_secret: key.consumerSecret,
      key_permissions: permissions,
    };
    const status = await post(tunnel(query.get('callback_url') ?? ''), body);
    // Anything but 200, a redirect as well, and the key is deleted again.
    if (status === 200) return true;
    keys.splice(keys.indexOf(key), 1);
    return false;
  };

  return {
    async visit(page, { loggedIn = true, agrees = true, tunnel = (url: string) => url } = {}) {
      const { pathname, searchParams: query, search } = new URL(page);
      if (!/^\/wc-auth\/v1\/authorize\/?$/.test(pathname)) return error(404, 'Page not found');
      const missing = NEEDED.find((name) => (query.get(name) ?? '') === '');
      if (missing !== undefined) return error(401, `Error: Missing parameter ${missing}`);
      const scope = query.get('scope') ?? '';
      if (scope !== 'read' && scope !== 'write' && scope !== 'read_write')
        return error(401, `Error: Invalid scope ${scope}`);
      if (!(query.get('callback_url') ?? '').startsWith('https://'))
        return error(401, 'Error: The callback_url needs to be over SSL');
      if (!loggedIn) return { status: 302, location: `/wc-auth/v1/login${search}`, page: '' };
      const back = (success: 0 | 1): BrowserAnswer => {
        const said = query.get('return_url') ?? '';
        const url = new URL(/^https?:\/\//.test(said) ? said : `https://${said}`);
        url.searchParams.set('success', String(success));
        url.searchParams.set('user_id', query.get('user_id') ?? '');
        return { status: 302, location: url.toString(), page: '' };
      };
      if (!agrees) return back(0);
      const taken = await grant(query, scope, tunnel);
      return taken
        ? back(1)
        : error(401, 'Error: An error occurred in the request and at the time were unable to send the consumer data');
    },
  };
}

function error(status: number, text: string): BrowserAnswer {
  return { status, location: null, page: `<!DOCTYPE html><html><body>${text}</body></html>` };
}

async function post(url: string, body: unknown): Promise<number> {
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json;charset=UTF-8',
        'user-agent': 'WordPress/6.8.8; https://source.example.com',
      },
      body: JSON.stringify(body),
    });
    return status;
  } catch {
    return 0;
  }
}
