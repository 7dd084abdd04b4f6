import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import type { MediaRecord, ProductRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';
import { blankToNull } from './inventory-item.ts';

type FileUpdate = {
  readonly id: string;
  readonly alt?: Maybe<string>;
  readonly referencesToRemove?: Maybe<readonly string[]>;
};
type Move = { readonly id: string; readonly newPosition: string | number };

export const mediaMutations: ResolverMap[string] = {
  /** All or none: files must be ready before they can be changed. */
  fileUpdate: (_: unknown, { files }: { files: readonly FileUpdate[] }, { world }) => {
    const errors = files.flatMap((file, index) => fileErrors(world, file, index));
    if (errors.length === 0) for (const file of files) updateFile(world, file);
    return { userErrors: errors };
  },
  /** Asynchronous: the answer is a job, which is polled. */
  productReorderMedia: (_: unknown, { id, moves }: { id: string; moves: readonly Move[] }, { world }) => {
    const product = world.products.get(id);
    const unknown = moves.filter((move) => product?.media.every((media) => media.id !== move.id) ?? true);
    if (product === undefined) return { job: null, mediaUserErrors: [userError(['id'], 'Product does not exist')] };
    if (unknown.length > 0) return { job: null, mediaUserErrors: [userError(['moves'], 'Media does not exist')] };
    const job = world.mediaJobs.insert({ id: world.gid('Job'), productId: id, done: false });
    world.schedule(world.settings.jobMs, () => {
      const now = world.products.get(id);
      if (now !== undefined) world.products.update(id, { media: moved(now.media, moves), updatedAt: world.stamp() });
      world.mediaJobs.update(job.id, { done: true });
    });
    return { job, mediaUserErrors: [] };
  },
};

function ownersOf(world: World, mediaId: string): readonly ProductRecord[] {
  return world.products.all().filter(({ media }) => media.some(({ id }) => id === mediaId));
}

function fileErrors(world: World, { id }: FileUpdate, index: number): UserErrorRecord[] {
  const file = ownersOf(world, id)[0]?.media.find((media) => media.id === id);
  if (file === undefined) return [userError(['files', index, 'id'], `File id ${id} does not exist.`)];
  return world.now() < file.readyAt ? [userError(['files', index, 'id'], 'Non-ready files cannot be updated.')] : [];
}

/** A file that a product no longer refers to is gone from its gallery, and stays among the files. */
function updateFile(world: World, { id, alt, referencesToRemove }: FileUpdate): void {
  for (const product of ownersOf(world, id)) {
    const media = product.media
      .filter((one) => one.id !== id || !(referencesToRemove ?? []).includes(product.id))
      .map((one) => (one.id === id && alt !== undefined ? { ...one, alt: blankToNull(alt) } : one));
    world.products.update(product.id, { media, updatedAt: world.stamp() });
  }
}

/** One after another: each position is meant as it is after the moves before. */
function moved(media: readonly MediaRecord[], moves: readonly Move[]): readonly MediaRecord[] {
  const rows = [...media];
  for (const { id, newPosition } of moves) {
    const at = rows.findIndex((row) => row.id === id);
    const [row] = at < 0 ? [] : rows.splice(at, 1);
    if (row !== undefined) rows.splice(Number(newPosition), 0, row);
  }
  return rows;
}
