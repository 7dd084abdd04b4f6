import { z } from 'zod';

import type { MailSwitch, StoreMail, WriteContext } from '#libs/connectors/store-connector.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import type { OpenPair } from './context.ts';
import { pairOf } from './context.ts';
import type { Runtime } from './handler.ts';
import { defineHandler } from './handler.ts';
import { closingMs, MAILS_OF, putBack, switchOff, type SwitchedOff } from './mails-switch.ts';

export type MailState = {
  readonly pair: string;
  readonly shop: string;
  readonly mails: readonly StoreMail[];
  /** What Lockstep has switched off; null: nothing. */
  readonly off: SwitchedOff | null;
  /** Why they must stay as they are; null: nothing speaks against it. */
  readonly refused: string | null;
  readonly now: number;
};

export const listMails = defineHandler(
  z.object({ pair: z.string() }),
  async ({ pair: name }, runtime, { signal }): Promise<MailState> => {
    const pair = pairOf(runtime, name);
    const mails = mailsOf(pair);
    const call = writing(signal);
    return {
      pair: name,
      shop: `${pair.target.label} ${pair.target.address}`,
      mails: await mails.list(call),
      off: await runtime.facts.get(name, 'mails', MAILS_OF),
      refused: await whyRefused(pair, mails, runtime, call),
      now: runtime.clock.now(),
    };
  },
);

export type MailsOff = { readonly pair: string; readonly switched: readonly StoreMail[]; readonly until: number };

export const mailsOff = defineHandler(
  z.object({ pair: z.string(), forMs: z.number().positive(), by: z.string() }),
  async ({ pair: name, forMs, by }, runtime, { signal }): Promise<MailsOff> => {
    const pair = pairOf(runtime, name);
    const mails = mailsOf(pair);
    const call = writing(signal);
    const refused = await whyRefused(pair, mails, runtime, call);
    if (refused !== null) throw new SyncError('USAGE', `Cannot switch the mails of "${name}" off: ${refused}`);
    const shortest = 2 * closingMs(pair);
    if (forMs < shortest)
      throw new SyncError('USAGE', `Cannot switch the mails off for so short a time: at least ${shortest / 1_000} s`);
    const until = runtime.clock.now() + forMs;
    return { pair: name, switched: await switchOff(name, { mails, until, by }, runtime, call), until };
  },
);

export type MailsRestored = {
  readonly pair: string;
  readonly switched: SwitchedOff['switched'];
  readonly at: number | null;
};

/**
 * Puts them back. Where a process is at work, not at once: no more orders are written, and what is on its way has landed when they
 * come on again.
 */
export const restoreMails = defineHandler(
  z.object({ pair: z.string(), by: z.string() }),
  async ({ pair: name, by }, runtime, { signal }): Promise<MailsRestored> => {
    const pair = pairOf(runtime, name);
    const { facts, clock } = runtime;
    const off = await facts.get(name, 'mails', MAILS_OF);
    if (off === null) return { pair: name, switched: [], at: null };
    if (!(await isAtWork(name, runtime)))
      return {
        pair: name,
        switched: await putBack(name, { mails: mailsOf(pair), by }, runtime, writing(signal)),
        at: null,
      };
    const until = Math.min(off.until, clock.now() + closingMs(pair));
    await facts.put([
      { pair: name, kind: 'mails', id: MAILS_OF, value: { ...off, until } },
      actOf(clock, name, by, 'asked for the mails to be put back'),
    ]);
    return { pair: name, switched: off.switched, at: until };
  },
);

function mailsOf({ target, settings }: OpenPair): MailSwitch {
  const { mails } = target.connector;
  if (mails === undefined || mails === null)
    throw new SyncError(
      'USAGE',
      `Cannot switch mails of "${settings.name}": ${target.label} mails nobody about what is written`,
    );
  return mails;
}

export function writing(signal: AbortSignal): WriteContext {
  return { signal, priority: 'change', maySend: () => true };
}

/** Nobody would put them back without a process; and a shop that sells has to mail its own customers. */
async function whyRefused(
  { settings }: OpenPair,
  mails: MailSwitch,
  runtime: Runtime,
  call: WriteContext,
): Promise<string | null> {
  const since = settings.migratedAt ?? runtime.clock.now() - LOOK_BACK_MS;
  const sold = await mails.soldSince(new Date(since).toISOString(), call);
  if (sold !== null) return `the new shop sells (order ${sold}), and its customers would not hear of their orders`;
  if (await isAtWork(settings.name, runtime)) return null;
  return 'nothing runs that would put them back; lockstep start first';
}

const LOOK_BACK_MS = 7 * 86_400_000;

async function isAtWork(pair: string, { running, config, log }: Runtime): Promise<boolean> {
  // Only a pair whose shops have been recognised is watched.
  return config.cluster === null ? running?.appliers.has(pair) === true : (await log.consumers(pair)) > 0;
}
