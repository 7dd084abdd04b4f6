import { insertCollection } from '../collections.ts';
import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';

export const collectionMutations: ResolverMap[string] = {
  /** It is in no sales channel, and its handle is free or numbered. */
  collectionCreate: (
    _: unknown,
    { collection }: { collection?: Maybe<{ readonly title: string; readonly handle?: Maybe<string> }> },
    { world },
  ) => {
    const title = collection?.title ?? '';
    if (title.trim() === '') return { collection: null, userErrors: [userError(['title'], "Title can't be blank")] };
    const handle = collection?.handle ?? undefined;
    return {
      collection: insertCollection(world, { title, ...(handle === undefined ? {} : { handle }) }),
      userErrors: [],
    };
  },
};
