import { describe, expect, test } from 'vitest';

import type { EventLog } from '#libs/event-log/event-log.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { Health } from '../../services/applier/applier-deps.ts';
import { first, withFates } from './faults.ts';
import { countCalls, LANDING_MS, newsOf, openTestPair, type Decorate } from './harness.ts';
import { newOrder, newProduct, shelved } from './shelf.ts';

describe('law 4: a creation that may still land is not repeated', () => {
  test('by an applier that stood still between its look and its decision', async () => {
    const landsAfterMs = LANDING_MS - 500;
    const lost = withFates('create', first({ kind: 'lost', landsAfterMs }));
    let slowly = false;
    // Answers with what was there when it was asked.
    const slow: Decorate = (target, clock) => ({
      ...lost(target, clock),
      findByKey: async (...args) => {
        const found = await target.findByKey(...args);
        if (slowly) await clock.sleep(2_000);
        return found;
      },
    });
    const pair = await openTestPair({ target: slow });
    pair.source.put(newProduct('1', 'A'));
    await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(landsAfterMs - 500);
    expect(countCalls(pair.calls, 'create')).toBe(1);
    slowly = true;

    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
  });

  test('when the batch that sent it failed afterwards and is tried again', async () => {
    let well = false;
    const health: Health = {
      failed: async () => 'ill',
      isWell: () => well,
      whenWell: async () => {
        well = true;
      },
    };
    const lost = withFates('create', first({ kind: 'lost', landsAfterMs: 60_000 }));
    // The product's answer is lost; by the time of the order nobody reaches the store any more.
    const falling: Decorate = (target, clock) => {
      const inner = lost(target, clock);
      return {
        ...inner,
        create: async (drafts, call) => {
          if (!well && drafts.some(({ root }) => root === 'order'))
            throw new SyncError('STORE_UNREACHABLE', 'Cannot reach the target: connection refused');
          return inner.create(drafts, call);
        },
      };
    };
    const pair = await openTestPair({ target: falling, targetHealth: health });
    pair.source.put(newProduct('1', 'A'));
    pair.source.put(newOrder('7', '1001'));
    await pair.start();

    await pair.hear(newsOf('product', '1'), newsOf('order', '7'));
    await pair.pass(LANDING_MS);

    expect(pair.target.list('product')).toHaveLength(1);
    expect(pair.target.list('order')).toHaveLength(1);
  });

  test('by the third owner, when the second got through only a part of what the first had in work', async () => {
    let spacingMs = 0;
    // The log hands over one news at a time.
    const dripping = (log: EventLog, clock: { readonly sleep: (ms: number) => Promise<void> }): EventLog => ({
      ...log,
      consume: (pair, handlers, options) =>
        log.consume(
          pair,
          {
            ...handlers,
            onNews(epoch, news) {
              void (async () => {
                for (const one of news) {
                  handlers.onNews(epoch, [one]);
                  await clock.sleep(spacingMs);
                }
              })();
              return true;
            },
          },
          options,
        ),
    });
    let calls = 0;
    const hanging: Decorate = (target, clock) => ({
      ...target,
      create: (drafts, call) => {
        if (++calls > 1) return target.create(drafts, call);
        clock.after(LANDING_MS - 1_000, () => void target.create(drafts, { ...call, maySend: () => true }));
        return new Promise(() => undefined);
      },
    });
    const pair = await openTestPair({ target: hanging, log: dripping });
    pair.source.put(shelved('9', 'OLD', 3));
    pair.target.put(shelved('t9', 'OLD', 3));
    pair.source.put(newProduct('1', 'A'));
    await pair.publish(newsOf('product', '9'), newsOf('product', '1'));
    const one = await pair.start();
    await pair.pass(50);
    expect(countCalls(pair.calls, 'create')).toBe(1);
    one.kill();
    spacingMs = 5_000;
    const two = await pair.start();
    await pair.pass(pair.settings.timing.sessionMs + 1_000);
    expect((await pair.outcomes()).map(({ root }) => root)).toEqual(['product:9']);
    two.kill();
    await pair.start();

    await pair.quiet();

    expect(pair.target.list('product').filter(({ sourceId }) => sourceId === '1')).toHaveLength(1);
  });
});
