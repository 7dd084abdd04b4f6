import type { CallContext } from '#libs/connectors/store-connector.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { holdPair } from '#libs/facts/hold-pair.ts';
import { beginStall, endStalls } from '#libs/facts/stalls.ts';
import { shopOf } from './check-findings.ts';
import type { Context, OpenPair } from './context.ts';

const AGAIN_MS = 15_000;

/**
 * Asks both shops of a pair who they are, before anything is read from or written to them. The first answer is pinned; another
 * shop under the same address holds the pair. A shop that does not answer is waited for.
 *
 * @throws what the shop answered, where `patient` is false; the signal's reason.
 */
export async function pinStores(
  pair: OpenPair,
  context: Context,
  { signal, patient }: { readonly signal: AbortSignal; readonly patient: boolean },
): Promise<'recognised' | 'held'> {
  const call: CallContext = { signal, priority: 'change' };
  let result: 'recognised' | 'held' = 'recognised';
  for (const side of ['source', 'target'] as const) {
    const identity = await identifyPatiently(side, pair, context, call, patient);
    if ((await settleIdentity(side, identity, pair, context)) === 'held') result = 'held';
  }
  return result;
}

async function identifyPatiently(
  side: 'source' | 'target',
  pair: OpenPair,
  { clock, logger, facts }: Context,
  call: CallContext,
  patient: boolean,
) {
  for (;;) {
    try {
      const identity = await pair[side].connector.identify(call);
      await endStalls(pair.settings.name, { facts, clock }, side);
      return identity;
    } catch (error) {
      if (!isSyncError(error) || call.signal.aborted) throw error;
      if (error.code === 'STORE_UNAUTHORISED') await beginStall(pair.settings.name, side, error, { facts, clock });
      if (!patient)
        throw new SyncError(
          error.code,
          `Cannot recognise the ${shopOf(side)} of "${pair.settings.name}" (${pair[side].address}): ${error.message}`,
          { cause: error },
        );
      const level = error.disposition === 'halt' ? 'error' : 'warn';
      logger[level](
        { pair: pair.settings.name, code: error.code, hint: error.hint },
        `${error.message}: the pair waits for its ${shopOf(side)}`,
      );
      await clock.sleep(AGAIN_MS, call.signal);
    }
  }
}

async function settleIdentity(
  side: 'source' | 'target',
  { id, name }: { readonly id: string; readonly name: string },
  { settings: { name: pair } }: OpenPair,
  { facts, clock, logger }: Context,
): Promise<'recognised' | 'held'> {
  const pinned = await facts.get(pair, 'identity', side);
  if (pinned === null) {
    await facts.put([
      { pair, kind: 'identity', id: side, value: { id, name, pinnedAt: clock.now() } },
      actOf(clock, pair, 'lockstep', `pinned the ${shopOf(side)}: ${name}`),
    ]);
    return 'recognised';
  }
  if (pinned.id === id) return 'recognised';
  const reason = `another shop (${name}) answers as the ${shopOf(side)} than the one pinned (${pinned.name})`;
  await holdPair(pair, reason, { facts, clock });
  logger.error({ pair, hint: 'Check source and target; then lockstep resume' }, `The pair is held: ${reason}`);
  return 'held';
}
