import { topLevelError } from './graphql-errors.ts';

export type PageArgs = {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly reverse?: boolean | null;
};
export type Connection<R> = {
  readonly nodes: readonly R[];
  readonly edges: readonly { readonly node: R; readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};
type SortValue = string | number;

/** Pages by the key of the last row seen, not by number: a row that moves does not shift the others. */
export function connect<R extends { readonly id: string }>(
  rows: readonly R[],
  args: PageArgs,
  { unpaged, sortBy }: { readonly unpaged: boolean; readonly sortBy?: ((row: R) => SortValue) | undefined },
): Connection<R> {
  const key = sortBy ?? ((row: R): SortValue => rows.indexOf(row));
  const sorted = sortBy === undefined ? [...rows] : rows.toSorted((a, b) => order([key(a), a.id], [key(b), b.id]));
  if (args.reverse === true) sorted.reverse();
  if (unpaged) return page(sorted, false, key);

  const size = pageSize(args);
  const direction = args.reverse === true ? -1 : 1;
  const after = readCursor(args.after);
  const rest =
    after === undefined
      ? sorted
      : sortBy === undefined
        ? sorted.slice(sorted.findIndex((row) => row.id === after[1]) + 1)
        : sorted.filter((row) => direction * order([key(row), row.id], after) > 0);
  return page(rest.slice(0, size), rest.length > size, key);
}

function page<R extends { readonly id: string }>(
  nodes: readonly R[],
  hasNextPage: boolean,
  key: (row: R) => SortValue,
): Connection<R> {
  const edges = nodes.map((node) => ({ node, cursor: toCursor(key(node), node.id) }));
  return { nodes, edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
}

function pageSize({ first, last }: PageArgs): number {
  const size = first ?? last;
  if (size === undefined || size === null) throw topLevelError('you must provide one of first or last', 'BAD_REQUEST');
  if (size > 250) throw topLevelError(`The requested page size of ${size} exceeds the maximum of 250.`, 'BAD_REQUEST');
  if (size < 0) throw topLevelError('first must be a non-negative number', 'BAD_REQUEST');
  return size;
}

function toCursor(value: SortValue, id: string): string {
  return Buffer.from(JSON.stringify({ last_id: id, last_value: value })).toString('base64');
}

function readCursor(cursor: string | null | undefined): [SortValue, string] | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  try {
    const { last_id: id, last_value: value } = JSON.parse(Buffer.from(cursor, 'base64').toString()) as {
      last_id: string;
      last_value: SortValue;
    };
    return [value, id];
  } catch {
    throw topLevelError('Invalid cursor for current pagination sort.', 'BAD_REQUEST');
  }
}

function compare(a: SortValue, b: SortValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || compare(a, b);
}

function order(a: readonly [SortValue, string], b: readonly [SortValue, string]): number {
  return compare(a[0], b[0]) || compareIds(a[1], b[1]);
}
