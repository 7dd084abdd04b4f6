import { z } from 'zod';

import type { Clock } from '#libs/runtime/clock.ts';
import type { CallContext } from '../store-connector.ts';
import type { ShopifyClient, WriteFailure } from './shopify-client.ts';
import * as documents from './shopify-documents-content.ts';
import { userErrorWire } from './shopify-wire.ts';
import { refusal, type WriteSession } from './shopify-write-session.ts';

/** Categories are collections of the same title. Which of them there are is listed, and listed anew after a while. */
export type Collections = {
  /** Lists them, unless that was done lately. */
  readonly learn: (call: CallContext) => Promise<void>;
  /** Whether a collection of that title fills itself, so that nobody puts products into it; as it was when last listed. */
  readonly fillsItself: (title: string) => boolean;
  /** The collections of that title that people fill, the oldest first. */
  readonly idsOf: (title: string) => readonly string[];
  /** The collections of these titles; what is not there is made, in no sales channel. */
  readonly ensure: (titles: readonly string[], session: WriteSession) => Promise<Ensured>;
};
export type Ensured =
  | { readonly ok: true; readonly ids: readonly string[] }
  | { readonly ok: false; readonly failure: WriteFailure };

const LISTED_FOR_MS = 300_000;

const listAnswer = z.object({
  collections: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        sources: z.array(
          z.object({
            __typename: z.string(),
            inclusion: z.object({ conditions: z.array(z.object({ id: z.string() })) }).nullish(),
          }),
        ),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  }),
});
const createAnswer = z.object({
  collectionCreate: z.object({
    collection: z.object({ id: z.string(), title: z.string() }).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

type Collection = z.infer<typeof listAnswer>['collections']['nodes'][number];
type Known = { readonly at: number; readonly byTitle: Map<string, Collection[]> };

export function createCollections(client: ShopifyClient, clock: Clock): Collections {
  let known: Known = { at: Number.NEGATIVE_INFINITY, byTitle: new Map() };
  // One at a time: two products of one new category would make it twice.
  let turn: Promise<unknown> = Promise.resolve();

  const list = async (call: CallContext): Promise<void> => {
    const byTitle = new Map<string, Collection[]>();
    let page: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined } = { hasNextPage: true };
    while (page.hasNextPage) {
      const after = page.endCursor ?? null;
      const { collections } = await client.read(documents.COLLECTIONS, listAnswer, { after }, call);
      for (const one of collections.nodes) byTitle.set(one.title, [...(byTitle.get(one.title) ?? []), one]);
      page = collections.pageInfo;
    }
    known = { at: clock.now(), byTitle };
  };
  const learn = async (call: CallContext): Promise<void> => {
    if (clock.now() - known.at > LISTED_FOR_MS) await list(call);
  };
  const idsOf = (title: string): readonly string[] =>
    (known.byTitle.get(title) ?? []).filter((one) => !isAutomatic(one)).map(({ id }) => id);
  const make = async (titles: readonly string[], session: WriteSession): Promise<Ensured> => {
    await learn(session.call);
    // Another process, or a person, may have made it since.
    if (titles.some((title) => idsOf(title).length === 0)) await list(session.call);
    for (const title of titles) {
      if (idsOf(title).length > 0) continue;
      const made = await create(title, session);
      if ('outcome' in made) return { ok: false, failure: made };
      known.byTitle.set(title, [...(known.byTitle.get(title) ?? []), made]);
    }
    return { ok: true, ids: titles.flatMap((title) => idsOf(title)[0] ?? []) };
  };

  return {
    learn,
    idsOf,
    fillsItself: (title) => {
      const all = known.byTitle.get(title) ?? [];
      return all.length > 0 && all.every(isAutomatic);
    },
    async ensure(titles, session) {
      if (titles.length === 0) return { ok: true, ids: [] };
      const mine = turn.then(() => make(titles, session));
      turn = mine.catch(() => undefined);
      return await mine;
    },
  };
}

/** By conditions, or by what is in other collections. */
function isAutomatic({ sources }: Collection): boolean {
  return sources.some(
    ({ __typename: type, inclusion }) =>
      type !== 'CollectionConditionsSource' || (inclusion?.conditions.length ?? 0) > 0,
  );
}

async function create(title: string, session: WriteSession): Promise<Collection | WriteFailure> {
  const sent = await session.send(documents.CREATE_COLLECTION, createAnswer, { collection: { title } });
  if (!sent.ok) return sent.failure;
  const { collection, userErrors } = sent.data.collectionCreate;
  const refused = refusal(userErrors);
  if (refused !== null) return refused;
  if (collection === null || collection === undefined)
    return { outcome: 'unknown', message: `making the collection "${title}" named none` };
  return { ...collection, sources: [] };
}
