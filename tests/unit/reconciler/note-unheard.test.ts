import { describe, expect, test } from 'vitest';

import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { noteUnheard, unheardKinds } from '../../../services/reconciler/note-unheard.ts';
import { NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

const REGISTERED = { at: 1, by: 'anna', url: 'https://x.example/webhooks/acme', wanted: 4, active: 4, faults: [] };

async function registered(unheard: Record<string, { since: number; found: number }> = {}): Promise<World> {
  const world = await aWorld();
  await world.facts.put([{ pair: 'acme', kind: 'subscribed', id: 'webhooks', value: { ...REGISTERED, unheard } }]);
  return world;
}

async function heard(world: World, root: string, via: 'webhook' | 'sweep', receivedAt: number): Promise<void> {
  const outcome = { offset: 1, root, kind: 'news', via, outcome: 'applied', receivedAt };
  const record = { v: 1, type: 'batch', at: receivedAt, outcomes: [outcome] };
  await world.log.appendJournal([{ pair: 'acme', partition: 0, record }]);
}

async function note(world: World, found: Parameters<typeof noteUnheard>[2]) {
  const journal = openJournalStore(':memory:', 'acme', world.log);
  await noteUnheard(world, journal, found);
  journal.close();
  return (await world.facts.get('acme', 'subscribed', 'webhooks'))?.unheard;
}

describe('what only sweeps find', () => {
  test('is counted by kind, from the first of it on', async () => {
    const world = await registered();

    expect(await note(world, { product: 2, order: 0 })).toEqual({ product: { since: NOW, found: 2 } });
    expect(await note(world, { product: 3 })).toEqual({ product: { since: NOW, found: 5 } });
  });

  test('is forgotten once a webhook of the kind is heard, of no other kind, and no sweep', async () => {
    const before = { product: { since: NOW - 5_000, found: 9 } };
    const [told, other, swept, older] = [
      await registered(before),
      await registered(before),
      await registered(before),
      await registered(before),
    ];
    await heard(told, 'product:1', 'webhook', NOW - 1_000);
    await heard(other, 'order:1', 'webhook', NOW - 1_000);
    await heard(swept, 'product:1', 'sweep', NOW - 1_000);
    await heard(older, 'product:1', 'webhook', NOW - 6_000);

    expect(await note(told, {})).toEqual({});
    expect([await note(other, {}), await note(swept, {}), await note(older, {})]).toEqual([before, before, before]);
  });

  test('is not counted where no webhooks were registered', async () => {
    const world = await aWorld();

    expect(await note(world, { product: 7 })).toBeUndefined();
  });

  test('is told once it is several, for longer than a webhook may take', () => {
    const times = { now: 1_000_000, lateAfterMs: 900_000 };
    const since = 100_000;

    expect(unheardKinds({ order: { since, found: 5 } }, times)).toEqual([{ root: 'order', since, found: 5 }]);
    expect(unheardKinds({ order: { since, found: 4 } }, times)).toEqual([]);
    expect(unheardKinds({ order: { since: since + 1, found: 50 } }, times)).toEqual([]);
  });
});
