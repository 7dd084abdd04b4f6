import { afterEach, describe, expect, test, vi } from 'vitest';

import { findRunning } from '#libs/event-log/lock.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { createLogger } from '#libs/runtime/logger.ts';
import { must } from '#libs/runtime/must.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { aPair } from '#tests/builders/settings.ts';
import { watchMails, type WatchContext } from '../../../cli/mails-watch.ts';
import { MAILS_OF, switchOff } from '../../../cli/mails-switch.ts';
import type { WooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { create, openTarget, orderDraft, WRITE } from '../../contract/woocommerce-target-harness.ts';
import type { Target } from '../../contract/woocommerce-target-harness.ts';
import { cliFolder, runIn } from './cli-harness.ts';

// Each command opens log and state on the disk, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const HOUR_MS = 3_600_000;
const ORDER_MAILS = 9;
const KEYS = [{ consumerKey: 'ck_12345678', consumerSecret: 'cs_12345678', permissions: 'read_write' }] as const;

/** Mails of the shop that are on, by what its own settings say. */
async function on({ connector }: Target): Promise<readonly string[]> {
  const mails = await must(connector.mails ?? null, 'mails').list(WRITE);
  return mails.filter(({ enabled }) => enabled).map(({ id }) => id);
}

describe('lockstep mails', () => {
  let remove: (() => Promise<void>) | null = null;
  afterEach(async () => {
    await remove?.();
    remove = null;
  });

  async function open(target: Target) {
    const source = await openTarget({ mails: 'on', keys: KEYS, storeId: 'old' });
    const folder = await cliFolder(configOf(source.url, target.url));
    remove = folder.remove;
    return folder;
  }

  test('switches nothing off while nothing runs that would put it back', async () => {
    const target = await openTarget({ mails: 'on', keys: KEYS });
    const folder = await open(target);

    const ran = await folder.run('mails', 'off', '--yes');

    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('lockstep start first') });
    expect(await on(target)).toHaveLength(ORDER_MAILS);
  });

  test('shows what it switches off, is red in status, and puts just that back when the process ends', async () => {
    const target = await openTarget({ mails: 'on', keys: KEYS });
    // The merchant has this one off: it stays so.
    await target.connector.mails?.set('email_failed_order', false, WRITE);
    const before = await on(target);
    const folder = await open(target);
    const stopping = new AbortController();
    const running = runIn(folder.cwd, ['start'], { signal: stopping.signal });
    await vi.waitFor(() => expect(findRunning(`${folder.cwd}/.lockstep`)?.socket).toBeTypeOf('string'), 30_000);
    await vi.waitFor(async () => expect((await folder.run('mails', 'off')).code).toBe(1), 30_000);

    const refused = await folder.run('mails', 'off');
    const done = await folder.run('mails', 'off', '--yes', '--for', '1h');
    const off = await on(target);
    const status = await runIn(folder.cwd, ['status'], { isTerminal: true });
    stopping.abort(new Error('SIGTERM'));
    await running;

    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('Customer processing order') });
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('8 mails off until') });
    expect(off).toEqual([]);
    expect(status).toMatchObject({ code: 1, out: expect.stringContaining('8 mails of the new shop are off') });
    expect(status.out.split('\n').find((line) => line.includes('8 mails'))).toContain('\u001b[31m');
    expect(await on(target)).toEqual(before);
    expect((await folder.run('mails', 'list')).out).not.toContain('off by us');
  });

  test('is refused once the new shop sells', async () => {
    const target = await openTarget({ mails: 'on', keys: KEYS });
    sell(target.shop);
    const folder = await open(target);

    expect(await folder.run('mails', 'off', '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the new shop sells'),
    });
  });
});

describe('while mails are off', () => {
  async function openWatched(landingMs: number) {
    const target = await openTarget({ mails: 'on' });
    const log = createMemoryEventLog({ clock: systemClock, delayTiersMs: [10, 20, 30, 40] });
    const facts = createFactStore({ log, state: createMemoryStateStore({ clock: systemClock }), clock: systemClock });
    const settings = aPair();
    await log.openPair(settings.name);
    const timing = { ...settings.timing, callMs: landingMs };
    const pair = {
      settings: { name: settings.name, timing },
      target: {
        connector: {
          ...target.connector,
          capabilities: { ...target.connector.capabilities, landingMs },
        },
      },
    };
    const logger = createLogger({ service: 'test', level: 'silent' });
    const context: WatchContext = {
      clock: systemClock,
      facts,
      log,
      logger,
      config: { cluster: null } as WatchContext['config'],
    };
    const mails = must(target.connector.mails ?? null, 'mails');
    const off = (ms: number) =>
      switchOff(
        settings.name,
        { mails, until: Date.now() + ms, by: 'anna' },
        { facts, log, clock: systemClock },
        WRITE,
      );
    const isOff = async () => (await facts.get(settings.name, 'mails', MAILS_OF)) !== null;
    return { target, pair, context, off, isOff };
  }

  test('they come on again by themselves, and no order is written in the time before that', async () => {
    const { target, pair, context, off, isOff } = await openWatched(HOUR_MS);
    const watch = await watchMails(pair, context);
    // Their end is nearer than the time in which an order that is on its way could still land.
    await off(4_000);

    await expect.poll(async () => (await create(target, orderDraft())).outcome, { timeout: 10_000 }).toBe('refused');
    expect(await on(target)).toEqual([]);
    await expect.poll(isOff, { timeout: 15_000 }).toBe(false);

    expect(await on(target)).toHaveLength(ORDER_MAILS);
    await watch.stop();
  });

  test('what an earlier process left off is put back at the start', async () => {
    const { target, pair, context, off, isOff } = await openWatched(0);
    await off(HOUR_MS);

    const watch = await watchMails(pair, context);

    expect(await isOff()).toBe(false);
    expect(await on(target)).toHaveLength(ORDER_MAILS);
    await watch.stop();
  });

  test('a shop that cannot be asked at the end is asked at the next start', async () => {
    const { target, pair, context, off, isOff } = await openWatched(0);
    const watch = await watchMails(pair, context);
    await off(HOUR_MS);
    target.shop.faults.plant({ kind: 'write', effect: { type: 'status', status: 503 } });

    await watch.stop();
    expect(await isOff()).toBe(true);
    target.shop.faults.clear();
    await (await watchMails(pair, context)).stop();

    expect(await isOff()).toBe(false);
    expect(await on(target)).toHaveLength(ORDER_MAILS);
  });

  test('a shop that cannot be asked at the start is asked again until it answers', async () => {
    const { target, pair, context, off, isOff } = await openWatched(0);
    await off(HOUR_MS);
    target.shop.faults.plant({ kind: 'write', effect: { type: 'status', status: 503 }, times: 1 });

    const watch = await watchMails(pair, context);
    await expect.poll(isOff, { timeout: 15_000 }).toBe(false);

    expect(await on(target)).toHaveLength(ORDER_MAILS);
    await watch.stop();
  });

  test('what was refused for them is tried again', async () => {
    const { context, off } = await openWatched(0);
    const parked = (message: string) => ({ at: 1, reason: 'refused', message, fields: [], tries: 1, entities: [] });
    await context.facts.put([
      { pair: 'acme', kind: 'parked', id: 'order:1', value: parked('The shop’s mails are on: New order') },
      { pair: 'acme', kind: 'parked', id: 'order:2', value: parked('another reason') },
    ]);

    await off(HOUR_MS);

    expect((await context.log.ends('acme'))[0]?.end).toBe(1);
  });
});

function sell(shop: WooCommerceSimulator): void {
  shop.people.placeOrder({ line_items: [{ name: 'x', sku: 'nothing', quantity: 1, total: '1.00' }] });
}

function configOf(source: string, target: string): string {
  const keys = `consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      auth: header
      headers: { x-forwarded-proto: https }
      webhooks: "off"`;
  return `pairs:
  acme:
    source:
      platform: woocommerce
      url: ${source}
      ${keys}
    target:
      platform: woocommerce
      url: ${target}
      ${keys}
    sync: { order: { fields: [status] } }
ingest: { port: 0, privatePort: 0 }
`;
}
