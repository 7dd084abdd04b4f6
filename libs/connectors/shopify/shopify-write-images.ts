import { z } from 'zod';

import type { Product } from '#libs/model/product.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import type { RootPatch } from '../store-connector.ts';
import * as documents from './shopify-documents-content.ts';
import * as writes from './shopify-documents-write.ts';
import { toGid } from './shopify-ids.ts';
import { orNull, type MediaNative, type ProductNative } from './shopify-mapping.ts';
import { userErrorWire } from './shopify-wire.ts';
import type { WriteFailure } from './shopify-client.ts';
import type { WriterParts } from './shopify-write.ts';
import { refusal, type WriteSession } from './shopify-write-session.ts';

type Images = Product['images'];
type Written = { readonly ok: true; readonly images: Images } | { readonly ok: false; readonly failure: WriteFailure };
type Work = Pick<WriterParts, 'client' | 'clock'> & { readonly id: string; readonly session: WriteSession };

const mediaWire = z.object({
  media: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        mediaContentType: z.string(),
        alt: z.string().nullish(),
        preview: z.object({ image: z.object({ url: z.string() }).nullish() }).nullish(),
      }),
    ),
  }),
});
type MediaWire = z.infer<typeof mediaWire>['media']['nodes'][number];

/**
 * Gives a product these pictures, in this order. What is there already stays, what is not wanted goes, and films and models stay
 * behind the pictures. Of each picture it is remembered at once what the source called it, so that another one is told from it, and
 * none is fetched twice when a later call fails. Nothing else of the product can be named in these calls.
 */
export async function writeImages(
  patch: RootPatch,
  images: Images,
  session: WriteSession,
  parts: Pick<WriterParts, 'client' | 'clock'>,
): Promise<Written> {
  const { media = [] } = ((patch.present as StoredProduct).native ?? {}) as Partial<ProductNative>;
  const work: Work = { id: toGid('Product', patch.targetId), session, client: parts.client, clock: parts.clock };
  const kept = keepImages(images, media);
  const added = await add(
    images.filter((_, index) => kept[index] === undefined),
    media,
    work,
  );
  if ('outcome' in added) return { ok: false, failure: added };
  const fresh = [...added];
  const ids = kept.map((one) => one?.id ?? fresh.shift() ?? '');
  const others = media.filter(({ isImage }) => !isImage).map((other) => other.id);
  const failure =
    (await rememberImages(work.id, ids, images, session)) ??
    (await updateFiles(images, kept, media, work)) ??
    (await reorder(ids, others, media, work));
  if (failure !== null) return { ok: false, failure };
  const { product } = await parts.client.read(documents.MEDIA_OF, mediaOfAnswer, { id: work.id }, session.call);
  return { ok: true, images: toImages(product?.media.nodes ?? [], ids, images) };
}

const mediaOfAnswer = z.object({ product: mediaWire.nullish() });

/** As the shop has them afterwards. */
function toImages(media: readonly MediaWire[], ids: readonly string[], images: Images): Images {
  return media
    .filter(({ mediaContentType }) => mediaContentType === 'IMAGE')
    .map(({ id, alt, preview }) => {
      const hash = images[ids.indexOf(id)]?.hash;
      return { url: preview?.image?.url ?? '', alt: orNull(alt), ...(hash === undefined ? {} : { hash }) };
    });
}

const addAnswer = z.object({
  productUpdate: z.object({ product: mediaWire.nullish(), userErrors: z.array(userErrorWire) }),
});

/** Lets the shop fetch pictures, and says which of its media they are; or why not. */
async function add(
  images: Images,
  media: readonly MediaNative[],
  { id, session }: Work,
): Promise<readonly string[] | WriteFailure> {
  if (images.length === 0) return [];
  const sent = await session.send(documents.ADD_IMAGES, addAnswer, {
    product: { id },
    media: images.map(({ url, alt }) => ({ originalSource: url, mediaContentType: 'IMAGE', alt: alt ?? '' })),
  });
  if (!sent.ok) return sent.failure;
  const { product, userErrors } = sent.data.productUpdate;
  const refused = refusal(userErrors);
  if (refused !== null) return refused;
  const known = new Set(media.map((one) => one.id));
  const added = (product?.media.nodes ?? []).filter((one) => !known.has(one.id)).map((one) => one.id);
  return added.length === images.length
    ? added
    : { outcome: 'unknown', message: 'the product has other media than it was given' };
}

const filesAnswer = z.object({ fileUpdate: z.object({ userErrors: z.array(userErrorWire) }) });

async function updateFiles(
  images: Images,
  kept: readonly (MediaNative | undefined)[],
  media: readonly MediaNative[],
  { id, session }: Work,
): Promise<WriteFailure | null> {
  const files = [
    ...kept.flatMap((one, index) => {
      const alt = images[index]?.alt ?? null;
      return one === undefined || one.alt === alt ? [] : [{ id: one.id, alt: alt ?? '' }];
    }),
    ...media
      .filter((one) => one.isImage && !kept.includes(one))
      .map((one) => ({ id: one.id, referencesToRemove: [id] })),
  ];
  if (files.length === 0) return null;
  const sent = await session.send(documents.UPDATE_FILES, filesAnswer, { files });
  return sent.ok ? refusal(sent.data.fileUpdate.userErrors) : sent.failure;
}

const reorderAnswer = z.object({
  productReorderMedia: z.object({
    job: z.object({ id: z.string(), done: z.boolean() }).nullish(),
    mediaUserErrors: z.array(userErrorWire),
  }),
});
const jobAnswer = z.object({ job: z.object({ done: z.boolean() }).nullish() });
const POLL_MS = 300;
const POLLS_MAX = 100;

/** Pictures first, in their order; where they stand so already nothing is sent. */
async function reorder(
  ids: readonly string[],
  others: readonly string[],
  media: readonly MediaNative[],
  { id, session, client, clock }: Work,
): Promise<WriteFailure | null> {
  const wanted = [...ids, ...others];
  const known = media.map((one) => one.id);
  // What is new stands at the end.
  const now = [...known.filter((one) => wanted.includes(one)), ...ids.filter((one) => !known.includes(one))];
  if (now.every((one, index) => one === wanted[index])) return null;
  const moves = wanted.map((one, index) => ({ id: one, newPosition: String(index) }));
  const sent = await session.send(documents.REORDER_MEDIA, reorderAnswer, { id, moves });
  if (!sent.ok) return sent.failure;
  const { job, mediaUserErrors } = sent.data.productReorderMedia;
  const refused = refusal(mediaUserErrors);
  if (refused !== null || job === null || job === undefined) return refused;
  for (let done = job.done, polls = 0; !done; polls++) {
    if (polls >= POLLS_MAX) return { outcome: 'unknown', message: 'the images are still being put in order' };
    await clock.sleep(POLL_MS, session.call.signal);
    // A job that nobody knows any more has ended.
    done = (await client.read(documents.JOB, jobAnswer, { id: job.id }, session.call)).job?.done ?? true;
  }
  return null;
}

const metafieldsAnswer = z.object({ metafieldsSet: z.object({ userErrors: z.array(userErrorWire) }) });

/** Writes down which of the shop's pictures is which of the source's; an image's own metafields are gone from the platform. */
export async function rememberImages(
  productGid: string,
  mediaIds: readonly string[],
  images: Images,
  session: WriteSession,
): Promise<WriteFailure | null> {
  const marks = Object.fromEntries(
    mediaIds.flatMap((id, index) => {
      const hash = images[index]?.hash;
      return hash === undefined ? [] : [[id, hash]];
    }),
  );
  const metafield = {
    ownerId: productGid,
    namespace: 'lockstep',
    key: 'images',
    type: 'json',
    value: JSON.stringify(marks),
  };
  const sent = await session.send(writes.SET_METAFIELDS, metafieldsAnswer, { metafields: [metafield] });
  return sent.ok ? refusal(sent.data.metafieldsSet.userErrors) : sent.failure;
}

/** Which picture of the shop each wanted one is; undefined where it is to be fetched. */
export function keepImages(wanted: Images, media: readonly MediaNative[]): readonly (MediaNative | undefined)[] {
  const left = media.filter(({ isImage }) => isImage);
  const take = (isIt: (one: MediaNative) => boolean): MediaNative | undefined => {
    const at = left.findIndex(isIt);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  // What is known for sure first, so that no guess takes it away.
  const sure = wanted.map(({ hash }) => take((one) => one.hash !== undefined && one.hash === hash));
  return wanted.map(({ url }, index) => {
    if (sure[index] !== undefined) return sure[index];
    // What a migration brought bears the name of its file still.
    const name = stemOf(url);
    return take((one) => one.hash === undefined && name !== '' && stemOf(one.url) === name);
  });
}

/** `front` of `https://cdn…/Front.jpg?v=1`, without what platforms add for a size or to tell copies apart. */
function stemOf(url: string): string {
  const file = url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return file
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, '')
    .replace(/_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, '')
    .replace(/-(scaled|\d+x\d+)$/, '');
}
