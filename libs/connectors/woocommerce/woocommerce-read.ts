import { z } from 'zod';

import type { RootKind, RootRef, StoredRoot } from '#libs/model/stored.ts';
import type { CallContext, ReadContext } from '../store-connector.ts';
import type { Query } from './woocommerce-auth.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import type { CompleteRoot } from './woocommerce-complete.ts';
import type { ReadAhead } from './woocommerce-read-ahead.ts';
import { readRow } from './woocommerce-rows.ts';
import type { RootWire } from './woocommerce-rows.ts';
import { customerWireSchema, orderWireSchema, productWireSchema, WIRE_FIELDS } from './woocommerce-wire.ts';

export type ListRoots = (
  root: RootKind,
  query: Query,
  call: CallContext,
) => Promise<{ readonly rows: readonly RootWire[]; readonly total: number | null; readonly date: number | null }>;

export type ReadRoots = (
  root: RootKind,
  refs: readonly RootRef[],
  call: ReadContext,
) => Promise<readonly (StoredRoot | null)[]>;

const PATHS: Readonly<Record<RootKind, string>> = { product: '/products', order: '/orders', customer: '/customers' };

/** One list call; rows as the query orders them. A row that is not understood is one of them, and hides no other. */
export function createListRoots(client: WooClient, asStored = false): ListRoots {
  return async (root, query, call) => {
    const { data, total, date } = await client.get(
      ROWS[root],
      {
        path: PATHS[root],
        // Staff buy as well, and the default hides them.
        query: {
          _fields: WIRE_FIELDS[root],
          ...(root === 'customer' ? { role: 'all' } : {}),
          ...storedContext(root, asStored),
          ...query,
        },
        action: `list ${root}s`,
      },
      call,
    );
    return { rows: data, total, date };
  };
}

/** Texts as they were written, where they are compared with what was; else as shoppers see them, in paragraphs. */
function storedContext(root: RootKind, asStored: boolean): Query {
  return root === 'product' && asStored ? { context: 'edit' } : {};
}

const ROWS: Readonly<Record<RootKind, z.ZodType<RootWire[]>>> = {
  product: rowsOf('product', productWireSchema, (wire) => ({ root: 'product', wire })),
  order: rowsOf('order', orderWireSchema, (wire) => ({ root: 'order', wire })),
  customer: rowsOf('customer', customerWireSchema, (wire) => ({ root: 'customer', wire })),
};

function rowsOf<T>(root: RootKind, schema: z.ZodType<T>, toRoot: (wire: T) => RootWire): z.ZodType<RootWire[]> {
  const row = z.unknown().transform((value, context): RootWire => {
    const read = readRow(schema, root, value);
    if (read === null) {
      context.addIssue({ code: 'custom', message: 'no row' });
      return z.NEVER;
    }
    return 'root' in read ? read : toRoot(read.wire);
  });
  return row.array();
}

/**
 * Reads by lists of ids, and what is missing in them once more by its own address: absence from a list proves nothing (statuses
 * of a plugin that is gone, rows that a filter hides), only the platform's own not-found does.
 */
export function createReadRoots(
  client: WooClient,
  listRoots: ListRoots,
  completeRoot: CompleteRoot,
  readAhead: ReadAhead,
  asStored = false,
): ReadRoots {
  return async (root, refs, call) => {
    const ids = [...new Set(refs.map(({ id }) => id))].filter((id) => /^[1-9]\d*$/.test(id));
    const found = new Map<string, RootWire>();
    const pages = chunksOf(ids, PAGE_MAX).map((chunk) =>
      listRoots(root, { include: chunk.join(','), per_page: PAGE_MAX }, call),
    );
    for (const { rows } of await Promise.all(pages)) for (const row of rows) found.set(row.wire.id, row);
    const missing = ids.filter((id) => !found.has(id)).map((id) => findRoot(client, root, id, asStored, call));
    for (const row of await Promise.all(missing)) if (row !== null) found.set(row.wire.id, row);

    const ahead = await readAhead([...found.values()].filter(isReadWhole), call);
    return Promise.all(
      refs.map(async ({ id, children }) => {
        const row = found.get(id);
        return row === undefined ? null : completeRoot(row, children, call, ahead);
      }),
    );
  };
}

/** Of a product with more variations than a page only those are read that are asked for. */
function isReadWhole(row: RootWire): boolean {
  return row.root !== 'product' || row.wire.variations.length <= PAGE_MAX;
}

/** A root by its own address; null where there is none, and for what lies in the trash or is no root. */
async function findRoot(
  client: WooClient,
  root: RootKind,
  id: string,
  asStored: boolean,
  call: CallContext,
): Promise<RootWire | null> {
  const query = { _fields: WIRE_FIELDS[root], ...storedContext(root, asStored) };
  const request = { path: `${PATHS[root]}/${id}`, query, action: `read ${root} ${id}` };
  switch (root) {
    case 'product': {
      const wire = await client.find(productWireSchema, request, call);
      return wire === null || wire.status === 'trash' || wire.type === 'variation' ? null : { root, wire };
    }
    case 'order': {
      const wire = await client.find(orderWireSchema, request, call);
      return wire === null || wire.status === 'trash' ? null : { root, wire };
    }
    case 'customer': {
      const wire = await client.find(customerWireSchema, request, call);
      return wire === null ? null : { root, wire };
    }
  }
}
