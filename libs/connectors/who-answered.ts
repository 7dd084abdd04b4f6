import type { HttpAnswer } from './http.ts';
import { redirectOrigin } from './http.ts';

/** Somebody else than the shop's API: who it looks like, for a sentence, and what a person changes so that the API answers. */
export type Stranger = { readonly who: string; readonly remedy: string };

type Sign = Stranger & { readonly isIt: (answer: Seen) => boolean };

/** An answer as it is looked at: the beginning of its text, in small letters. */
type Seen = Pick<HttpAnswer, 'status' | 'headers'> & { readonly text: string; readonly title: string };

/** Who gave an answer that is not the API's own; null where nothing tells. Reads no more of the page than its beginning. */
export function whoAnswered(answer: HttpAnswer, asked?: string): Stranger | null {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) return whoRedirected(answer, asked);
  const text = answer.text.slice(0, TEXT_MAX).toLowerCase();
  const title = /<title[^>]*>([^<]*)/.exec(text)?.[1]?.trim() ?? '';
  const seen: Seen = { status, headers, text, title };
  const sign = SIGNS.find(({ isIt }) => isIt(seen));
  return sign === undefined ? null : { who: sign.who, remedy: sign.remedy };
}

const TEXT_MAX = 20_000;

function hasHeader({ headers }: Seen, name: string, value = ''): boolean {
  return (headers.get(name) ?? '').toLowerCase().includes(value) && headers.has(name);
}

function isPage({ text }: Seen): boolean {
  return /^\s*(<!doctype html|<html|<head|<!--)/.test(text) || text.includes('<body') || text.includes('</html>');
}

const PASS =
  'let this machine through there: by its address, or by a header that only it sends (`headers`), for every path below /wp-json';

// From the surest sign to the weakest; the first that fits is told.
const SIGNS: readonly Sign[] = [
  {
    who: 'a password wall in front of the shop (HTTP Basic)',
    remedy: 'give its user and password as `httpAuth`',
    isIt: (seen) => seen.status === 401 && hasHeader(seen, 'www-authenticate'),
  },
  {
    who: 'a challenge for browsers (Cloudflare)',
    remedy: PASS,
    isIt: (seen) =>
      hasHeader(seen, 'cf-mitigated', 'challenge') ||
      seen.text.includes('/cdn-cgi/challenge-platform') ||
      (seen.title.startsWith('just a moment') && hasHeader(seen, 'server', 'cloudflare')),
  },
  {
    who: 'a challenge for browsers (SiteGround)',
    remedy: PASS,
    isIt: (seen) => hasHeader(seen, 'sg-captcha') || seen.text.includes('/.well-known/sgcaptcha'),
  },
  {
    who: 'a firewall (Sucuri)',
    remedy: PASS,
    isIt: (seen) => hasHeader(seen, 'x-sucuri-block') || seen.text.includes('sucuri website firewall'),
  },
  {
    who: 'a firewall (Imperva)',
    remedy: PASS,
    isIt: ({ text }) => text.includes('_incapsula_resource') || text.includes('incapsula incident id'),
  },
  {
    who: 'a firewall (Wordfence)',
    remedy: PASS,
    isIt: (seen) => isPage(seen) && seen.text.includes('wordfence'),
  },
  {
    who: 'a firewall (Cloudflare)',
    remedy: PASS,
    isIt: (seen) => seen.status === 403 && isPage(seen) && hasHeader(seen, 'server', 'cloudflare'),
  },
  {
    who: 'a firewall (ModSecurity)',
    remedy: PASS,
    isIt: (seen) => isPage(seen) && (seen.text.includes('mod_security') || seen.title.includes('not acceptable')),
  },
  {
    who: 'a challenge for browsers',
    remedy: PASS,
    isIt: (seen) =>
      isPage(seen) && /captcha|checking your browser|ddos-guard|enable javascript and cookies/.test(seen.text),
  },
  {
    who: 'a Shopify shop',
    remedy: 'the domain leads to the new shop already: name the old server’s address as `connectTo`',
    isIt: (seen) => hasHeader(seen, 'x-shopid') || hasHeader(seen, 'powered-by', 'shopify'),
  },
  {
    who: 'a maintenance page',
    remedy: 'switch the maintenance (or "coming soon") mode off, or exempt /wp-json from it',
    isIt: (seen) => isPage(seen) && MAINTENANCE.test(`${seen.title} ${seen.text.slice(0, 4_000)}`),
  },
  {
    who: 'a login page',
    remedy: 'something makes the site private: exempt /wp-json/wc/v3 from it, as the API has keys of its own',
    isIt: (seen) =>
      isPage(seen) && /name=["']?(loginform|log|pwd)["'\s>]|type=["']?password|wp-login\.php/.test(seen.text),
  },
  {
    who: 'a web server without the shop (its own first page)',
    remedy: 'the address leads to another server or folder: check `url`, or name the shop’s server as `connectTo`',
    isIt: ({ title }) =>
      /welcome to nginx|apache2? .*default page|^index of \/|domain.*(parked|for sale)|plesk/.test(title),
  },
  {
    who: 'a page of the site, not its API',
    remedy: 'set Settings, Permalinks to anything but Plain, and check that `url` is the address of WordPress itself',
    isIt: (seen) => seen.status === 404 && isPage(seen),
  },
  { who: 'a web page', remedy: 'check that nothing stands before /wp-json/wc/v3, and `url`', isIt: isPage },
];

const MAINTENANCE =
  /maintenance|briefly unavailable|coming soon|under construction|be right back|wartungs(modus|arbeiten)|en mantenimiento/;

/** Without path and query of where it leads, which may hold secrets. */
function whoRedirected(answer: HttpAnswer, asked: string | undefined): Stranger {
  const origin = redirectOrigin(answer);
  const path = answer.headers.get('location') ?? '';
  if (/wp-login\.php|\/(my-account|login|sign-?in|password)\b/i.test(path))
    return {
      who: `a redirect to a login page at ${origin}`,
      remedy: 'something makes the site private: exempt /wp-json/wc/v3 from it, as the API has keys of its own',
    };
  const [from, to] = [asked, origin].map((url) => (url === undefined ? null : URL.parse(url)));
  const bare = (host: string | undefined): string => (host ?? '').replace(/^www\./, '');
  if (from !== null && to !== null && bare(from?.hostname) === bare(to?.hostname))
    return { who: `a redirect to ${origin}`, remedy: `write ${origin} as \`url\`` };
  return {
    who: `a redirect to ${origin}`,
    remedy: `if the shop has moved there, write it as \`url\`; if its name leads to the new shop already, name the old server’s address as \`connectTo\``,
  };
}
