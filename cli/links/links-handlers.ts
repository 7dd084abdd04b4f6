import { z } from 'zod';

import type { ReadContext } from '#libs/connectors/store-connector.ts';
import { actOf } from '#libs/facts/act-of.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { ROOT_KINDS, type RootKind, type StoredRoot } from '#libs/model/stored.ts';
import { linksTo } from '#libs/planning/match-root.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { readOpenLinks, type OpenLink } from '../../services/reconciler/build-plan.ts';
import type { OpenPair } from '../context.ts';
import { pairOf } from '../context.ts';
import { defineHandler, type Runtime } from '../handler.ts';
import { newsOfParked } from '../parked-handlers.ts';
import { storedPlans } from '../plan-handlers.ts';
import { reconcilerDeps } from '../plug-parts.ts';
import type { LinkRow } from './links-csv.ts';

export type ListedLink = LinkRow & { readonly by: Link['by']; readonly at: number };

const ENTITY = z.enum(['product', 'variant', 'order', 'customer']);
const rowSchema = z.object({
  entity: ENTITY,
  sourceId: z.string(),
  targetId: z.string(),
  sourceProductId: z.string().nullable(),
  targetProductId: z.string().nullable(),
});

/** Every link of a pair, by entity and old id. */
export const listLinks = defineHandler(z.object({ pair: z.string() }), async ({ pair }, { facts, pairs }) => {
  pairOf({ pairs }, pair);
  const found: ListedLink[] = [];
  for await (const { id, value } of facts.list(pair, 'link')) {
    const entity = ENTITY.safeParse(id.slice(0, id.indexOf(':')));
    if (!entity.success) continue;
    found.push({
      entity: entity.data,
      sourceId: id.slice(id.indexOf(':') + 1),
      targetId: value.targetId,
      sourceProductId: value.sourceRootId ?? null,
      targetProductId: value.targetRootId ?? null,
      by: value.by,
      at: value.at,
    });
  }
  return found.toSorted((a, b) => a.entity.localeCompare(b.entity) || byNumber(a.sourceId, b.sourceId));
});

/** What the latest plan found unlinked. */
export const openLinks = defineHandler(
  z.object({ pair: z.string(), limit: z.number() }),
  (
    { pair, limit },
    runtime,
  ): Promise<{ readonly at: number; readonly open: readonly OpenLink[]; readonly more: number }> => {
    const [plan] = storedPlans(reconcilerDeps(pairOf(runtime, pair), runtime));
    if (plan === undefined)
      throw new SyncError(
        'USAGE',
        `Cannot tell what is open in "${pair}": nobody has looked yet: lockstep links find ${pair}`,
      );
    const all = [...readOpenLinks(plan.file)];
    return Promise.resolve({ at: plan.at, open: all.slice(0, limit), more: Math.max(0, all.length - limit) });
  },
);

/** Links one entity, or ends its link (`targetId` null). Both must be there; what was linked to the target before is named. */
export const setLink = defineHandler(
  z.object({ pair: z.string(), row: rowSchema.extend({ targetId: z.string().nullable() }), by: z.string() }),
  async ({ pair, row, by }, runtime, { signal }): Promise<{ readonly links: number }> => {
    const opened = pairOf(runtime, pair);
    const { facts, clock, log } = runtime;
    const id = `${row.entity}:${row.sourceId}`;
    const root = row.entity === 'variant' ? `product:${row.sourceProductId ?? ''}` : id;
    const writes =
      row.targetId === null
        ? await unlink(runtime, pair, id)
        : await link(runtime, opened, { ...row, targetId: row.targetId }, signal);
    const what = row.targetId === null ? `unlinked ${id}` : `linked ${id} to ${row.targetId}`;
    await facts.put([...writes, actOf(clock, pair, by, what)]);
    await log.publish(newsOfParked(pair, root, clock.now()));
    return { links: writes.length };
  },
);

async function unlink({ facts }: Runtime, pair: string, id: string): Promise<readonly AnyFactWrite[]> {
  if ((await facts.get(pair, 'link', id)) === null)
    throw new SyncError('USAGE', `Cannot unlink "${id}": it is not linked`);
  const writes: AnyFactWrite[] = [{ pair, kind: 'link', id, value: null }];
  const own = id.startsWith('product:') ? id.slice('product:'.length) : null;
  if (own !== null)
    for await (const { id: other, value } of facts.list(pair, 'link'))
      if (value.sourceRootId === own) writes.push({ pair, kind: 'link', id: other, value: null });
  return writes;
}

async function link(
  runtime: Runtime,
  pair: OpenPair,
  row: LinkRow,
  signal: AbortSignal,
): Promise<readonly AnyFactWrite[]> {
  const { name } = pair.settings;
  const [conflict] = await conflicts(runtime, name, [row]);
  if (conflict !== undefined) throw new SyncError('USAGE', `Cannot link "${row.entity}:${row.sourceId}": ${conflict}`);
  const root: RootKind = row.entity === 'variant' ? 'product' : row.entity;
  const call: ReadContext = { signal, priority: 'change', fields: pair.settings.selection };
  const source = await readOne(pair, 'source', root, row.sourceProductId ?? row.sourceId, call);
  const target = await readOne(pair, 'target', root, row.targetProductId ?? row.targetId, call);
  const at = runtime.clock.now();
  if (row.entity === 'variant') {
    requireVariant(source, row.sourceId, 'old');
    requireVariant(target, row.targetId, 'new');
    return [writeOf(name, row, 'person', at)];
  }
  return linksTo(source, target, 'person').map(({ entity, sourceId, link: value }) => ({
    pair: name,
    kind: 'link',
    id: `${entity}:${sourceId}`,
    value: { ...value, at },
  }));
}

async function readOne(
  pair: OpenPair,
  side: 'source' | 'target',
  root: RootKind,
  id: string,
  call: ReadContext,
): Promise<StoredRoot> {
  const [found] = await pair[side].connector.readRoots(root, [{ id }], call);
  if (found !== null && found !== undefined) return found;
  throw new SyncError('USAGE', `Cannot find "${root} ${id}" in the ${side === 'source' ? 'old' : 'new'} shop`);
}

function requireVariant(stored: StoredRoot, id: string, shop: string): void {
  if (stored.root === 'product' && stored.variants.some((one) => one.id === id)) return;
  throw new SyncError('USAGE', `Cannot find "variant ${id}" in product ${stored.id} of the ${shop} shop`);
}

/** Sets roots aside for good, or takes them back: nothing is made, linked or written of them. */
export const ignoreLinks = defineHandler(
  z.object({
    pair: z.string(),
    side: z.enum(['source', 'target']),
    ids: z.array(z.string()),
    /** Instead of ids: all of this kind that only the new shop has, by the latest plan. */
    openOf: z.enum(['product', 'order', 'customer']).nullable(),
    undo: z.boolean(),
    by: z.string(),
  }),
  async ({ pair, side, ids, openOf, undo, by }, runtime): Promise<{ readonly ignored: readonly string[] }> => {
    const { facts, clock, log } = runtime;
    const deps = reconcilerDeps(pairOf(runtime, pair), runtime);
    const [plan] = openOf === null ? [] : storedPlans(deps);
    const open = plan === undefined ? [] : [...readOpenLinks(plan.file)];
    const named =
      openOf === null
        ? ids
        : open.filter((one) => one.side === 'target' && one.root.startsWith(`${openOf}:`)).map(({ root }) => root);
    const at = clock.now();
    const writes = named.map((id): AnyFactWrite => ({
      pair,
      kind: 'ignored',
      id: `${side}/${id}`,
      value: undo ? null : { at, by },
    }));
    const what = `${undo ? 'takes back' : 'set aside'} ${named.length === 1 ? (named[0] ?? '') : `${String(named.length)} roots`} of the ${side === 'source' ? 'old' : 'new'} shop`;
    if (writes.length > 0) await putInPages(facts, [...writes, actOf(clock, pair, by, what)]);
    if (side === 'source' && named.length > 0) await log.publish(named.flatMap((id) => newsOfParked(pair, id, at)));
    return { ignored: named };
  },
);

/** What speaks against links that are to be imported, each in words: conflicts with links that are there, and ids that are not. */
export const checkLinks = defineHandler(
  z.object({ pair: z.string(), rows: z.array(rowSchema) }),
  async (
    { pair, rows },
    runtime,
    { signal, tell },
  ): Promise<{ readonly against: readonly string[]; readonly known: number }> => {
    const opened = pairOf(runtime, pair);
    const call: ReadContext = { signal, priority: 'change', fields: new Set() };
    const against = [...(await conflicts(runtime, pair, rows))];
    for (const root of ROOT_KINDS)
      for (const side of ['source', 'target'] as const) {
        const ids = rows.flatMap((row) =>
          row.entity === root ? [side === 'source' ? row.sourceId : row.targetId] : [],
        );
        for (const missing of await missingOf(opened, side, root, ids, call))
          against.push(`${root} ${missing} is not in the ${side === 'source' ? 'old' : 'new'} shop`);
        tell({ stage: `looking in the ${side === 'source' ? 'old' : 'new'} shop`, done: ids.length, of: null });
      }
    const links = await runtime.facts.getMany(
      pair,
      'link',
      rows.map((row) => `${row.entity}:${row.sourceId}`),
    );
    return { against, known: links.filter((one, index) => one?.targetId === rows[index]?.targetId).length };
  },
);

async function missingOf(
  pair: OpenPair,
  side: 'source' | 'target',
  root: RootKind,
  ids: readonly string[],
  call: ReadContext,
): Promise<readonly string[]> {
  const { connector } = pair[side];
  const { readBatchMax } = connector.capabilities;
  const missing: string[] = [];
  for (let at = 0; at < ids.length; at += readBatchMax) {
    const some = ids.slice(at, at + readBatchMax);
    const read = await connector.readRoots(
      root,
      some.map((id) => ({ id })),
      call,
    );
    missing.push(...some.filter((_, index) => (read[index] ?? null) === null));
  }
  return missing;
}

// A target belongs to one source: two that write to one entity would never come to rest.
async function conflicts({ facts }: Runtime, pair: string, rows: readonly LinkRow[]): Promise<readonly string[]> {
  const wanted = new Map(rows.map((row) => [`${row.entity}:${row.targetId}`, row]));
  const own = new Set(rows.map((row) => `${row.entity}:${row.sourceId}`));
  const found: string[] = [];
  for await (const { id, value } of facts.list(pair, 'link')) {
    const row = wanted.get(`${id.slice(0, id.indexOf(':'))}:${value.targetId}`);
    if (row !== undefined && id !== `${row.entity}:${row.sourceId}` && !own.has(id))
      found.push(
        `${row.entity} ${row.targetId} of the new shop is linked to ${id} already: lockstep links set ${pair} ${id} none`,
      );
  }
  return found;
}

/** Writes links down that were checked before. */
export const putLinks = defineHandler(
  z.object({ pair: z.string(), rows: z.array(rowSchema), by: z.string() }),
  async ({ pair, rows, by }, runtime): Promise<{ readonly links: number }> => {
    const { facts, clock } = runtime;
    pairOf(runtime, pair);
    const at = clock.now();
    const writes = rows.map((row) => writeOf(pair, row, 'import', at));
    await putInPages(facts, [...writes, actOf(clock, pair, by, `imported ${writes.length} links`)]);
    return { links: writes.length };
  },
);

const PAGE = 500;

async function putInPages(facts: Runtime['facts'], writes: readonly AnyFactWrite[]): Promise<void> {
  for (let at = 0; at < writes.length; at += PAGE) await facts.put(writes.slice(at, at + PAGE));
}

function writeOf(pair: string, row: LinkRow, by: Link['by'], at: number): AnyFactWrite {
  const within = row.entity === 'variant' && row.sourceProductId !== null && row.targetProductId !== null;
  const value: Link = {
    targetId: row.targetId,
    by,
    at,
    ...(within ? { sourceRootId: row.sourceProductId ?? '', targetRootId: row.targetProductId ?? '' } : {}),
  };
  return { pair, kind: 'link', id: `${row.entity}:${row.sourceId}`, value };
}

function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
