import { z } from 'zod';

import { must } from '#libs/runtime/must.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as documents from './shopify-documents-shop.ts';
import { fromGid } from './shopify-ids.ts';
import { locationsAnswer, shopAnswer } from './shopify-wire.ts';

export type ShopInfo = {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly currency: string;
  readonly taxesIncluded: boolean | null;
};

/** What is true of the shop as a whole: asked for once, and again only after a failure. */
export type Shop = {
  readonly info: (call: CallContext) => Promise<ShopInfo>;
  /** Asks anew: another shop may answer by now. */
  readonly ask: (call: CallContext) => Promise<ShopInfo>;
  /** The gid of the location that is written to. */
  readonly location: (call: CallContext) => Promise<string>;
  /** The gids of all locations whose quantities count, that one first. */
  readonly locations: (call: CallContext) => Promise<readonly string[]>;
  /** The active locations that do not count, by name. */
  readonly otherLocations: (call: CallContext) => Promise<readonly string[]>;
  /** The gids of the online store's publications; none where the app may not see them. */
  readonly onlineStores: (call: CallContext) => Promise<readonly string[]>;
};

const publicationsAnswer = z.object({
  publications: z
    .object({
      nodes: z.array(
        z.object({
          id: z.string(),
          catalog: z.object({ title: z.string() }).nullish(),
          channels: z.object({ nodes: z.array(z.object({ handle: z.string() })) }).nullish(),
        }),
      ),
    })
    .nullish(),
});
// A permission that was not given is no reason to fail: `check` warns of it.
const NOT_PERMITTED = new Set(['ACCESS_DENIED']);

export function createShop(client: ShopifyClient, counted: readonly string[]): Shop {
  const ask = async (call: CallContext): Promise<ShopInfo> => {
    const { shop } = await client.read(documents.SHOP, shopAnswer, {}, call);
    return {
      id: fromGid(shop.id),
      name: shop.name,
      domain: shop.myshopifyDomain,
      currency: shop.currencyCode,
      taxesIncluded: shop.taxesIncluded ?? null,
    };
  };
  const listLocations = async (call: CallContext): Promise<readonly LocationWire[]> => {
    const { locations } = await client.read(documents.LOCATIONS, locationsAnswer, {}, call);
    return locations.nodes;
  };
  const findLocations = remember(async (call: CallContext): Promise<readonly string[]> => {
    const all = await listLocations(call);
    return [...new Set(counted.map((location) => findLocation(location, all)))];
  });
  const findOnlineStores = async (call: CallContext): Promise<readonly string[]> => {
    const { publications } = await client.read(documents.PUBLICATIONS, publicationsAnswer, {}, call, NOT_PERMITTED);
    return (publications?.nodes ?? [])
      .filter(
        ({ catalog, channels }) =>
          catalog?.title === 'Online Store' || channels?.nodes.some(({ handle }) => handle === 'online_store') === true,
      )
      .map(({ id }) => id);
  };
  return {
    ask,
    info: remember(ask),
    location: async (call) => must((await findLocations(call))[0], 'a location'),
    locations: findLocations,
    async otherLocations(call) {
      const known = await findLocations(call);
      return (await listLocations(call))
        .filter(({ id, isActive }) => isActive && !known.includes(id))
        .map(({ name }) => name);
    },
    onlineStores: remember(findOnlineStores),
  };
}

type LocationWire = z.infer<typeof locationsAnswer>['locations']['nodes'][number];

function findLocation(location: string, all: readonly LocationWire[]): string {
  const found = all.filter(({ id, name }) => fromGid(id) === fromGid(location) || name === location);
  // A location that was closed may still bear the name of the one that followed it.
  const active = found.filter(({ isActive }) => isActive);
  if (active.length === 1 && active[0] !== undefined) return active[0].id;
  if (found.length > 0 && active.length === 0)
    throw new SyncError('CONFIG_INVALID', `Cannot use the location "${location}": it is deactivated in the shop`);
  const names = all.map(({ name }) => `"${name}"`).join(', ');
  const why = active.length > 1 ? 'several have this name, so give its id' : `the shop has ${names}`;
  throw new SyncError('CONFIG_INVALID', `Cannot find the location "${location}": ${why}`);
}

/** Keeps the first answer; a failure is not kept, and no caller's signal ends the wait of another. */
function remember<T>(ask: (call: CallContext) => Promise<T>): (call: CallContext) => Promise<T> {
  let kept: { readonly value: T } | undefined;
  return async (call) => {
    kept ??= { value: await ask(call) };
    return kept.value;
  };
}
