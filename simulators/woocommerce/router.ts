import type { Route, Verb } from './route.ts';
import { CUSTOMER_ROUTES } from './routes-customers.ts';
import { ORDER_ROUTES } from './routes-orders.ts';
import { PRODUCT_ROUTES } from './routes-products.ts';
import { SHOP_ROUTES } from './routes-shop.ts';
import { TERM_ROUTES } from './routes-terms.ts';
import { WEBHOOK_ROUTES } from './routes-webhooks.ts';
import type { Body } from './values.ts';
import { isBody } from './values.ts';

export type Matched = {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
  readonly allow: string;
};

type Compiled = { readonly route: Route; readonly pattern: RegExp };

const COMPILED: readonly Compiled[] = [
  SHOP_ROUTES,
  TERM_ROUTES,
  PRODUCT_ROUTES,
  ORDER_ROUTES,
  CUSTOMER_ROUTES,
  WEBHOOK_ROUTES,
]
  .flat()
  .map((route) => ({ route, pattern: patternOf(route.path) }));

function patternOf(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)(:text)?\}/g, (_match, name: string, text: string | undefined) =>
    text === undefined ? `(?<${name}>\\d+)` : `(?<${name}>[\\w-]+)`,
  );
  return new RegExp(`^${source}$`);
}

export function matchRoute(verb: Verb, path: string): Matched | undefined {
  const hits = COMPILED.filter(({ pattern }) => pattern.test(path));
  const hit = hits.find(({ route }) => route.verbs.includes(verb));
  if (hit === undefined) return undefined;
  const order: readonly Verb[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const allowed = new Set(
    hits.filter(({ route }) => route.path === hit.route.path).flatMap(({ route }) => route.verbs),
  );
  return {
    route: hit.route,
    path: { ...hit.pattern.exec(path)?.groups },
    allow: order.filter((one) => allowed.has(one)).join(', '),
  };
}

/** The query as PHP reads it: `name[]` and `name[0]` make lists. */
export function phpQuery(params: URLSearchParams): Body {
  const query: Record<string, unknown> = {};
  for (const [name, value] of params) {
    const list = /^(\w+)\[\w*\]$/.exec(name)?.[1];
    if (list === undefined) query[name] = value;
    else query[list] = [...(Array.isArray(query[list]) ? (query[list] as unknown[]) : []), value];
  }
  return query;
}

/** `_fields`: of a list each item, of an object its own (nested by dots); what is left of nothing is an empty list. */
export function chosenFields(body: unknown, asked: string): unknown {
  const fields = asked.split(',').map((field) => field.trim().split('.'));
  if (asked.trim() === '') return body;
  return Array.isArray(body) ? body.map((item) => picked(item, fields)) : picked(body, fields);
}

function picked(item: unknown, fields: readonly (readonly string[])[]): unknown {
  if (Array.isArray(item)) return [];
  if (!isBody(item)) return item;
  const kept = Object.entries(item).flatMap(([name, value]): [string, unknown][] => {
    const here = fields.filter(([first]) => first === name);
    if (here.length === 0) return [];
    if (here.some((field) => field.length === 1)) return [[name, value]];
    const rest = here.map((field) => field.slice(1));
    return [[name, picked(value, rest)]];
  });
  return kept.length === 0 ? [] : Object.fromEntries(kept);
}
