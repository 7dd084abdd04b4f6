import type { Access } from './auth.ts';
import type { Stage } from './php-faults.ts';
import type { Rendered } from './render-product.ts';
import type { Cause, Shop } from './shop.ts';
import type { Body } from './values.ts';

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call as a route sees it. */
export type Call = {
  readonly shop: Shop;
  readonly verb: Verb;
  /** `id`, `parent` … out of the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Body;
  readonly body: Body;
  readonly cause: Cause;
  /** Address asked for, for the paging links: with its query, on the shop's own name. */
  readonly url: URL;
  /** Draws an id among the products, for what is random in answers. */
  readonly randomId: () => number;
  /** Rows of a batch that are applied before the connection is cut (a fault); absent: all. */
  readonly onlyItems?: number;
  /** Its process dies so far into a creation (a fault). */
  readonly diesAfter?: Stage;
  readonly ping: (webhookId: number) => Promise<void>;
};

export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Route = {
  readonly verbs: readonly Verb[];
  /** Below `/wp-json/wc/v3/`, with `{name}` for a number and `{name:text}` for a word. */
  readonly path: string;
  readonly access: Access;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
};

export const WRITES: readonly Verb[] = ['PUT', 'PATCH', 'POST'];

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function created(body: Rendered, location: string): Reply {
  return { status: 201, body, headers: { Location: location } };
}

/** In the answer to a deletion the links no longer say what may be done. */
export function withoutHints(body: Rendered): Rendered {
  const links = body['_links'];
  if (typeof links !== 'object' || links === null) return body;
  const bare = Object.entries(links).map(([name, list]) => [
    name,
    Array.isArray(list) ? list.map((link: { readonly href: string }) => ({ href: link.href })) : (list as unknown),
  ]);
  return { ...body, _links: Object.fromEntries(bare) as unknown };
}

export function idOf(call: Call, name = 'id'): number {
  return Number(call.path[name]);
}
