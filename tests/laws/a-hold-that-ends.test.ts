import { onTestFinished, expect, test } from 'vitest';

import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import type { OpenPair } from '../../cli/context.ts';
import type { Runtime } from '../../cli/handler.ts';
import { resume, type Resumed } from '../../cli/pause-handlers.ts';
import { openReconciler } from '../../services/reconciler/open-reconciler.ts';
import { newsOf, quantityOf, withQuantity } from './harness.ts';
import { openReconciled, type Reconciled } from './reconciled.ts';
import { shelved } from './shelf.ts';

// Its own runs write nothing: only an approval, or the end of a hold, makes one that does.
const reconcile = { cron: null, timezone: 'UTC', sweepEveryMs: null, repair: false };

/** A product in step, one unit sold since that no webhook told of, and the pair's reconciler at its duties. */
async function openBehind(): Promise<Reconciled & { readonly idle: () => Promise<void> }> {
  const pair = await openReconciled({ settings: { reconcile } });
  pair.sourceStore.put(shelved('1', 'A'));
  pair.targetStore.put(shelved('101', 'A'));
  await pair.hear(newsOf('product', '1'));
  pair.sourceStore.put(withQuantity(shelved('1', 'A'), 4, '2026-11-24T07:00:00Z'));
  const state = createMemoryStateStore({ clock: pair.deps.clock });
  const waits = { tickMs: 1, retryMs: 1, pollMs: 1 };
  const reconciler = await openReconciler({ ...pair.deps, state, journalPath: ':memory:', waits });
  onTestFinished(() => reconciler.stop());
  return { ...pair, idle: () => reconciler.idle() };
}

async function hold(pair: Reconciled, id: string): Promise<void> {
  await pair.facts.put([{ pair: 'acme', kind: 'hold', id, value: { at: 1, by: 'anna', reason: 'mass change' } }]);
}

async function resumed(pair: Reconciled, field?: string): Promise<Resumed> {
  const pairs = new Map([['acme', {} as OpenPair]]);
  const config = { cluster: null };
  const parts = { facts: pair.facts, clock: pair.deps.clock, pairs, running: null, config };
  const runtime = parts as unknown as Runtime;
  const call = { tell: () => undefined, signal: AbortSignal.timeout(1_000) };
  return (await resume(
    { pair: 'acme', by: 'anna', ...(field === undefined ? {} : { field }) },
    runtime,
    call,
  )) as Resumed;
}

function stockAt({ targetStore }: Reconciled): number | null {
  const product = targetStore.get('product', '101');
  if (product?.root !== 'product') throw new Error('The product is gone');
  return quantityOf(product);
}

test('what a comparison found while the pair was held is written when the hold ends', async () => {
  const pair = await openBehind();
  await hold(pair, '*');
  const { findings } = await pair.compare(true);
  const held = stockAt(pair);

  const told = await resumed(pair);
  await pair.idle();

  expect(findings).toEqual([expect.objectContaining({ cause: 'held', status: 'left' })]);
  expect(held).toBe(5);
  expect(told).toMatchObject({ holds: ['*'], compares: true });
  expect(stockAt(pair)).toBe(4);
});

test('what news of a held field said is written when that hold ends', async () => {
  const pair = await openBehind();
  await hold(pair, 'variant.quantity');
  await pair.hear(newsOf('product', '1'));
  const held = stockAt(pair);

  const told = await resumed(pair, 'variant.quantity');
  await pair.idle();

  expect(held).toBe(5);
  expect(told).toMatchObject({ holds: ['variant.quantity'], compares: true });
  expect(stockAt(pair)).toBe(4);
});

test('a field that goes on while the pair is held waits for the end of that hold', async () => {
  const pair = await openBehind();
  await hold(pair, '*');
  await hold(pair, 'variant.quantity');

  const field = await resumed(pair, 'variant.quantity');
  await pair.idle();
  const meanwhile = stockAt(pair);
  const whole = await resumed(pair);
  await pair.idle();

  expect([field.compares, whole.compares]).toEqual([false, true]);
  expect(meanwhile).toBe(5);
  expect(stockAt(pair)).toBe(4);
});

test('nothing is compared where nothing was held, or nothing is approved yet', async () => {
  const pair = await openBehind();
  const none = await resumed(pair);
  await pair.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'observe', at: 1, by: 'anna' } }]);
  await hold(pair, '*');

  const observing = await resumed(pair);

  expect(none).toMatchObject({ holds: [], compares: false });
  expect(observing).toMatchObject({ holds: ['*'], compares: false });
  expect(await pair.facts.get('acme', 'alarm', 'resumed')).toBeNull();
});
