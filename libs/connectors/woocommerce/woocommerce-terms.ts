import { decodeEntities } from './html-entities.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import { termWireSchema } from './woocommerce-wire.ts';
import type { Sent, WriteSession } from './woocommerce-write-session.ts';

export type Taxonomy = 'categories' | 'brands' | 'tags';
/** Ids of terms by their names; those that are missing are made. */
export type Terms = (
  taxonomy: Taxonomy,
  names: readonly string[],
  session: WriteSession,
) => Promise<Sent<readonly string[]>>;

/**
 * Terms of products go by id: a category's or a brand's name in a product is passed over without a word. One after another,
 * since two that are made at the same time are two.
 */
export function createTerms(client: WooClient): Terms {
  const known = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();

  const idOf = async (taxonomy: Taxonomy, name: string, session: WriteSession): Promise<Sent<string>> => {
    const key = `${taxonomy}/${name.toLowerCase()}`;
    const before = known.get(key) ?? (await findTerm(client, taxonomy, name, session));
    if (before !== null) {
      known.set(key, before);
      return { ok: true, data: before };
    }
    const request = { method: 'POST' as const, path: `/products/${taxonomy}`, body: { name } };
    const made = await session.send(termWireSchema, { ...request, action: `make a term of ${taxonomy}` });
    // Somebody else was quicker: then it is there.
    const found = made.ok ? made.data.id : await findTerm(client, taxonomy, name, session);
    if (found === null) return made.ok ? { ok: true, data: made.data.id } : made;
    known.set(key, found);
    return { ok: true, data: found };
  };

  const idsOf: Terms = async (taxonomy, names, session) => {
    try {
      const ids: string[] = [];
      for (const name of names) {
        const id = await idOf(taxonomy, name, session);
        if (!id.ok) return id;
        ids.push(id.data);
      }
      return { ok: true, data: ids };
    } catch (error) {
      // A route that this version does not have.
      if (!isSyncError(error) || error.status !== 404) throw error;
      return { ok: false, failure: { outcome: 'refused', message: `this WooCommerce keeps no ${taxonomy}` } };
    }
  };

  return (taxonomy, names, session) => {
    const mine = last.then(() => idsOf(taxonomy, names, session));
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** Names are stored with entities (`&amp;`), and searched as they are stored: what lies between such characters is the same either way. */
function longestPart(name: string): string {
  const parts = name.split(/[&<>"']/).map((part) => part.trim());
  return parts.toSorted((a, b) => b.length - a.length)[0] ?? name;
}

/** `search` finds parts of names too; of several with that very name the oldest counts. */
async function findTerm(
  client: WooClient,
  taxonomy: Taxonomy,
  name: string,
  { call }: WriteSession,
): Promise<string | null> {
  const request = {
    path: `/products/${taxonomy}`,
    query: { search: longestPart(name), per_page: PAGE_MAX, orderby: 'id', order: 'asc', _fields: 'id,name' },
    action: `find a term of ${taxonomy}`,
  };
  const { data } = await client.get(termWireSchema.array(), request, call);
  return data.find((term) => decodeEntities(term.name).toLowerCase() === name.toLowerCase())?.id ?? null;
}
