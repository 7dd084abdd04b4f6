import type { MailSwitch } from '#libs/connectors/store-connector.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { Context } from './context.ts';
import { writing } from './mails-handlers.ts';
import { closingMs, MAILS_OF, putBack, type WatchedPair } from './mails-switch.ts';

export type WatchContext = Pick<Context, 'clock' | 'facts' | 'logger' | 'config' | 'log'>;

export type MailWatch = {
  /** Puts back what is off, where no other process is at work for the pair. Called when no more orders are written. */
  readonly stop: () => Promise<void>;
};

const NONE: MailWatch = { stop: () => Promise.resolve() };
const LOOK_MS = 2_000;
const LOOK_WHETHER_SOLD_MS = 60_000;
// At the end a shop that does not answer is not waited for: the next start puts them back.
const LAST_MS = 20_000;

/**
 * Sees to it that the mails of a target are off only as long as somebody watches: it closes the way for orders before they come on
 * again, puts them back when their time is over or the shop begins to sell, when the process ends, and, where an earlier one did not
 * come to that, when it begins.
 */
export async function watchMails(pair: WatchedPair, context: WatchContext): Promise<MailWatch> {
  const { mails } = pair.target.connector;
  if (mails === undefined || mails === null) return NONE;
  const { name } = pair.settings;
  const stopping = new AbortController();
  if (await isAlone(name, context, 0)) await putBackAtStart(pair, mails, context, stopping.signal);
  // Here nobody writes orders of an earlier process any more.
  mails.close(false);
  const watching = watch(pair, mails, context, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async stop() {
      stopping.abort(new Error('Stopping'));
      await watching;
      if (await isAlone(name, context, 1))
        await tryToPutBack(pair, mails, context, 'the end of the process', AbortSignal.timeout(LAST_MS));
    },
  };
}

/** A shop that does not answer yet is asked again and again: the time of what an earlier process left off is over. */
async function putBackAtStart(
  pair: WatchedPair,
  mails: MailSwitch,
  context: WatchContext,
  signal: AbortSignal,
): Promise<void> {
  const { facts, clock } = context;
  const { name } = pair.settings;
  const left = await facts.get(name, 'mails', MAILS_OF);
  if (left === null) return;
  await facts.put([{ pair: name, kind: 'mails', id: MAILS_OF, value: { ...left, until: clock.now() } }]);
  await tryToPutBack(pair, mails, context, 'the next start', signal);
}

/** On one machine the folder's lock says so; on a cluster, how many take part in the pair's work. */
async function isAlone(pair: string, { config, log }: WatchContext, mine: number): Promise<boolean> {
  return config.cluster === null || (await log.consumers(pair)) <= mine;
}

async function watch(pair: WatchedPair, mails: MailSwitch, context: WatchContext, signal: AbortSignal): Promise<void> {
  const { clock, facts } = context;
  const { name } = pair.settings;
  let soldLookedAt = clock.monotonic();
  for (;;) {
    await clock.sleep(LOOK_MS, signal);
    const off = await facts.get(name, 'mails', MAILS_OF);
    mails.close(off !== null && off.until - closingMs(pair) <= clock.now());
    if (off === null) continue;
    if (off.until <= clock.now()) await tryToPutBack(pair, mails, context, 'the end of their time', signal);
    else if (clock.monotonic() - soldLookedAt >= LOOK_WHETHER_SOLD_MS) {
      soldLookedAt = clock.monotonic();
      await endIfSold(pair, mails, context, signal);
    }
  }
}

async function endIfSold(
  pair: WatchedPair,
  mails: MailSwitch,
  context: WatchContext,
  signal: AbortSignal,
): Promise<void> {
  const { clock, facts, logger } = context;
  const { name } = pair.settings;
  const off = await facts.get(name, 'mails', MAILS_OF);
  if (off === null) return;
  const sold = await whenAsked(() => mails.soldSince(new Date(off.at).toISOString(), writing(signal)), context);
  if (sold === null) return;
  logger.warn({ pair: name, order: sold }, 'the new shop sells: its mails are put back');
  const until = Math.min(off.until, clock.now() + closingMs(pair));
  await facts.put([{ pair: name, kind: 'mails', id: MAILS_OF, value: { ...off, until } }]);
}

async function tryToPutBack(
  pair: WatchedPair,
  mails: MailSwitch,
  context: WatchContext,
  by: string,
  signal: AbortSignal,
): Promise<void> {
  const { name } = pair.settings;
  const back = await whenAsked(() => putBack(name, { mails, by }, context, writing(signal)), context);
  if (back !== null && back.length > 0)
    context.logger.info({ pair: name, mails: back.length, by }, 'the mails of the new shop are as they were');
}

/** A shop that does not answer is asked again at the next look. */
async function whenAsked<T>(run: () => Promise<T>, { logger }: WatchContext): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (!isSyncError(error)) throw error;
    logger.warn({ code: error.code }, error.message);
    return null;
  }
}
