import { TooDear } from './shopify-envelope.ts';
import { chunk } from './shopify-ids.ts';

/** Asks for a list in pieces; the answers in the list's order. */
export type Pieces = <T, R>(
  list: readonly T[],
  ask: (piece: readonly T[]) => Promise<readonly R[]>,
) => Promise<readonly R[]>;

/**
 * Pieces of at most `most`. What a document costs is known only by asking, and one may cost no more than the platform allows: a piece
 * that is too dear is halved, and none is larger from then on.
 */
export function createPieces(most: number): Pieces {
  let size = most;

  const askAll: Pieces = async (list, ask) => {
    const answers = [];
    for (const piece of chunk(list, size)) answers.push(...(await askOne(piece, ask)));
    return answers;
  };
  const askOne: Pieces = async (piece, ask) => {
    try {
      return await ask(piece);
    } catch (error) {
      if (!(error instanceof TooDear) || piece.length <= 1) throw error;
      size = Math.min(size, Math.ceil(piece.length / 2));
      return await askAll(piece, ask);
    }
  };
  return askAll;
}
