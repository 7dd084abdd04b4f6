import type { MediaRecord } from './records.ts';
import { numberOf, type World } from './world.ts';

export type MediaInput = {
  readonly originalSource: string;
  readonly alt?: string | null | undefined;
  readonly mediaContentType?: string;
};

/** A picture that was given by its address: the store takes a copy, under an address of its own, in its own time. */
export function insertMedia(
  world: World,
  { originalSource, alt, mediaContentType = 'IMAGE' }: MediaInput,
): MediaRecord {
  const id = world.gid(mediaContentType === 'IMAGE' ? 'MediaImage' : 'Video');
  return {
    id,
    alt: alt ?? null,
    url: copyOf(originalSource, numberOf(id)),
    mediaContentType,
    readyAt: world.now() + world.settings.mediaMs,
  };
}

function copyOf(source: string, number: string): string {
  const file = source.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return `https://cdn.shopify.com/s/files/1/0001/0002/files/${file === '' ? 'file' : file}?v=${number}`;
}
