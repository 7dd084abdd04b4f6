export type GidType =
  | 'Product'
  | 'ProductVariant'
  | 'InventoryItem'
  | 'Order'
  | 'Customer'
  | 'Location'
  | 'BulkOperation';

export function toGid(type: GidType, id: string): string {
  return id.startsWith('gid://') ? id : `gid://shopify/${type}/${id}`;
}

/** The bare id of a gid; some carry a query string, which is no part of it. */
export function fromGid(gid: string): string {
  const [path = ''] = gid.split('?');
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `ProductVariant` of `gid://shopify/ProductVariant/1`. */
export function typeOfGid(gid: string): string {
  return gid.split('/')[3] ?? '';
}

/** UTC, ISO 8601, without the empty milliseconds; null where the platform says nothing. */
export function toUtc(time: string | null | undefined): string | null {
  if (time === null || time === undefined || time === '') return null;
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}

/** The latest of some times, as `toUtc` writes it; null where none is known. */
export function latest(times: readonly (string | null | undefined)[]): string | null {
  return times.map(toUtc).reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null);
}

/** Quotes a value of the search syntax. */
export function quoteSearch(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

/** Cuts a list into pieces of at most `size`. */
export function chunk<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
