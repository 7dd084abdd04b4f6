import { describe, expect, test } from 'vitest';

import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { newsOf, withQuantity } from './harness.ts';
import { openReconciled, type Reconciled, type ReconciledOptions } from './reconciled.ts';
import { newProduct, shelved } from './shelf.ts';
import type { ShopPair } from './shops.ts';

const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

async function inStep(options: ReconciledOptions = {}): Promise<Reconciled> {
  const pair = await openReconciled(options);
  for (const id of ['1', '2', '3']) {
    pair.sourceStore.put(shelved(id, `SKU-${id}`, 5));
    pair.targetStore.put(shelved(`10${id}`, `SKU-${id}`, 5));
  }
  await pair.hear(newsOf('product', '1'), newsOf('product', '2'), newsOf('product', '3'));
  return pair;
}

const sell = ({ sourceStore }: Pick<ShopPair, 'sourceStore'>, id: string, quantity: number) =>
  sourceStore.put(shelved(id, `SKU-${id}`, quantity, { changedAt: HOUR_AGO }));

describe('law 10: a report is true', () => {
  test('what differs is found, with both values and its cause; what agrees is not', async () => {
    const pair = await inStep();
    sell(pair, '2', 3);

    const { findings } = await pair.compare(false);

    expect(findings).toEqual([
      expect.objectContaining({
        root: 'product:2',
        field: 'variant.quantity',
        source: 3,
        target: 5,
        cause: 'missed-webhook',
        status: 'left',
      }),
    ]);
  });

  test('what differed while the stores were scanned, and agrees at the second look, is no drift', async () => {
    let sold = false;
    const pair = await inStep({
      async afterScan(open) {
        if (sold) return;
        sold = true;
        // Sold and carried over between the scan of the source and that of the target.
        sell(open, '2', 3);
        await open.log.publish([newsOf('product', '2')]);
        await open.applier.idle();
      },
    });

    const { result, findings } = await pair.compare(false);

    expect(sold).toBe(true);
    expect(findings).toEqual([]);
    expect(result).toMatchObject({ drift: 0 });
  });

  test('a change whose news lies on the log already is on its way, and no drift', async () => {
    const gate = Promise.withResolvers<void>();
    let held = false;
    const pair = await inStep({
      target: (ready) => {
        const store = () => createMemoryConnector(ready().targetStore, { now: systemClock.now });
        const port = createMemoryConnector(
          {
            roots: new Map(),
            put: () => undefined,
            remove: () => undefined,
            get: () => undefined,
            list: () => [],
            nextId: () => '',
          },
          { now: systemClock.now },
        );
        return {
          ...port,
          readRoots: async (...asked) => {
            if (held) await gate.promise;
            return store().readRoots(...asked);
          },
          findBySourceId: (...asked) => store().findBySourceId(...asked),
          findByKey: (...asked) => store().findByKey(...asked),
          write: (...asked) => store().write(...asked),
          create: (...asked) => store().create(...asked),
        };
      },
    });
    sell(pair, '2', 3);
    held = true;
    await pair.log.publish([newsOf('product', '1'), newsOf('product', '2')]);

    const compared = pair.compare(false);
    gate.resolve();
    const { result } = await compared;

    expect(result.drift).toBe(0);
    expect(pair.targetStore.get('product', '102')).toMatchObject({ variants: [{ variant: { quantity: 3 } }] });
  });

  test('without an answer nothing is claimed', async () => {
    const pair = await inStep();
    sell(pair, '2', 3);
    await pair.applier.stop();

    const { result, findings } = await pair.compare(false, 50);

    expect(findings).toEqual([expect.objectContaining({ root: 'product:2', cause: 'inconclusive', status: 'left' })]);
    expect(result.complete).toBe(false);
  });

  test('a repair counts only once it was seen to agree', async () => {
    const pair = await inStep({
      target: (ready) => {
        const store = () => createMemoryConnector(ready().targetStore, { now: systemClock.now });
        const nothing = {
          roots: new Map(),
          put: () => undefined,
          remove: () => undefined,
          get: () => undefined,
          list: () => [],
          nextId: () => '',
        };
        return {
          ...createMemoryConnector(nothing, { now: systemClock.now }),
          readRoots: (...asked) => store().readRoots(...asked),
          findBySourceId: (...asked) => store().findBySourceId(...asked),
          findByKey: (...asked) => store().findByKey(...asked),
          // Says that it stored what was asked for, and somebody takes it back at once.
          write: async (...asked) => {
            const results = await store().write(...asked);
            const [patch] = asked[0];
            const root = ready().targetStore.get('product', patch?.targetId ?? '');
            if (root?.root === 'product') ready().targetStore.put(withQuantity(root, 77));
            return results;
          },
        };
      },
    });
    sell(pair, '2', 3);

    const { result } = await pair.compare(true);

    expect(result).toMatchObject({ repaired: 0, left: 1 });
  });

  test('an edit at the target is told from a change that was missed', async () => {
    const pair = await inStep();
    const root = pair.targetStore.get('product', '102');
    if (root?.root !== 'product') throw new Error('No product');
    sell(pair, '3', 1);
    await pair.hear(newsOf('product', '3'));
    await pair.hear(newsOf('product', '2'));
    pair.targetStore.put(withQuantity(root, 8));
    sell(pair, '3', 2);

    const { findings } = await pair.compare(false);

    expect(new Map(findings.map(({ root: key, cause }) => [key, cause]))).toEqual(
      new Map([
        ['product:2', 'target-edited'],
        ['product:3', expect.stringMatching(/missed-webhook|silent-at-source/) as string],
      ]),
    );
  });

  test('a variant without a counterpart is named, and its sibling is repaired under a cause of its own', async () => {
    const pair = await inStep();
    const [variant] = shelved('2', 'SKU-2', 3).variants;
    if (variant === undefined) throw new Error('No variant');
    const added = { ...variant, id: '2w', variant: { ...variant.variant, sku: 'SKU-2-RED' } };
    const variants = [{ ...variant, changedAt: HOUR_AGO }, added];
    pair.sourceStore.put(shelved('2', 'SKU-2', 3, { variants, changedAt: HOUR_AGO }));

    const { findings } = await pair.compare(true);

    expect(findings.map(({ entity, field, cause, status }) => [entity, field, cause, status])).toEqual([
      ['variant:2v', 'variant.quantity', 'missed-webhook', 'repaired'],
      ['variant:2w', null, 'unlinked', 'left'],
    ]);
  });

  test('what is new at the source is named so', async () => {
    const pair = await inStep();
    pair.sourceStore.put({ ...newProduct('4', 'SKU-4'), changedAt: HOUR_AGO });

    const { findings } = await pair.compare(false);

    expect(findings).toEqual([expect.objectContaining({ root: 'product:4', cause: 'new-at-source', status: 'left' })]);
  });
});
