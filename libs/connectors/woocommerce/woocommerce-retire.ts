import type { z } from 'zod';

import type { Product } from '#libs/model/product.ts';
import type { Retirement, WriteContext, WriteResult } from '../store-connector.ts';
import { inParallel } from '../in-parallel.ts';
import { STOCK_NOT_TAKEN, STOCK_TAKEN } from './woocommerce-write-orders.ts';
import type { WriterParts } from './woocommerce-write.ts';
import { createWriteSession, type WriteFailure, type WriteSession } from './woocommerce-write-session.ts';
import { idOnlySchema, statusWireSchema } from './woocommerce-wire.ts';

const STATUS: Readonly<Record<Product['status'], string>> = { active: 'publish', draft: 'draft', archived: 'draft' };

/**
 * Archives (a product becomes a draft, an order goes to the trash), deletes for good, or restores; one result per root, in order.
 * Neither mails nor moves stock: an order gives back what it says it took, so it says that it took none.
 */
export function createRetire(parts: WriterParts) {
  return async (items: readonly Retirement[], call: WriteContext): Promise<readonly WriteResult[]> => {
    const session = createWriteSession(parts.client, call);
    const results = await inParallel(items, parts.maxConcurrent, async (item): Promise<WriteResult> => {
      const failure = await session.guarded(() => retireOne(item, session, parts));
      return failure ?? { outcome: 'stored', stored: {} };
    });
    session.end();
    return results;
  };
}

/** Null: it is as it was to be. */
async function retireOne(item: Retirement, session: WriteSession, parts: WriterParts): Promise<WriteFailure | null> {
  const path = `/${item.root}s/${item.targetId}`;
  const there = await parts.client.find(
    statusWireSchema,
    { path, query: { _fields: 'id,status,slug' }, action: `read ${item.root} ${item.targetId}` },
    session.call,
  );
  if (there === null) return item.how === 'delete' ? null : { outcome: 'refused', message: 'it is not there any more' };
  // Trashing and restoring an order changes its status, which the shop mails about.
  const loud = item.root === 'order' ? await parts.mailGate('order', session.call) : null;
  if (loud !== null) return loud;
  switch (item.how) {
    case 'archive':
      return archive(item, path, there, session);
    case 'restore':
      return restore(item, path, there, session);
    case 'delete':
      return remove(item, path, { force: 'true' }, session);
  }
}

type There = z.output<typeof statusWireSchema>;

function archive(
  item: Retirement,
  path: string,
  { status }: There,
  session: WriteSession,
): Promise<WriteFailure | null> | WriteFailure | null {
  if (item.root === 'customer') return { outcome: 'refused', message: 'WooCommerce has no archive for customers' };
  if (item.root === 'order') return status === 'trash' ? null : remove(item, path, {}, session);
  return status === 'draft' || status === 'trash' ? null : send('PUT', path, { status: 'draft' }, session);
}

function restore(
  item: Retirement,
  path: string,
  { status, slug }: There,
  session: WriteSession,
): Promise<WriteFailure | null> | WriteFailure | null {
  if (item.root === 'customer') return { outcome: 'refused', message: 'a deleted customer is not brought back' };
  if (item.root === 'order') {
    if (status !== 'trash') return null;
    // What it was before is not said: it waits where nobody ships it, and its status is carried as any other's.
    return send('PUT', path, { status: 'on-hold', meta_data: [STOCK_TAKEN] }, session);
  }
  const wanted = STATUS[item.status ?? 'active'];
  const address = slug.endsWith('__trashed') ? { slug: slug.replace(/__trashed$/, '') } : {};
  return status === wanted ? null : send('PUT', path, { status: wanted, ...address }, session);
}

async function remove(
  { root, targetId }: Retirement,
  path: string,
  query: Readonly<Record<string, string>>,
  session: WriteSession,
): Promise<WriteFailure | null> {
  if (root === 'order') {
    const failure = await send('PUT', path, { meta_data: [STOCK_NOT_TAKEN] }, session);
    if (failure !== null) return failure;
  }
  // Without force the shop answers 501 for customers; it keeps their orders as those of guests.
  const request = { method: 'DELETE' as const, path, query, action: `remove ${root} ${targetId}` };
  const sent = await session.send(idOnlySchema, request);
  return sent.ok ? null : sent.failure;
}

async function send(method: 'PUT', path: string, body: unknown, session: WriteSession): Promise<WriteFailure | null> {
  const sent = await session.send(idOnlySchema, { method, path, body, action: `write ${path}` });
  return sent.ok ? null : sent.failure;
}
