import {
  MAILS_ON,
  type MailSwitch,
  type StoreConnector,
  type StoreMail,
  type WriteContext,
} from '#libs/connectors/store-connector.ts';
import { actOf } from '#libs/facts/act-of.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { Runtime } from './handler.ts';
import { newsOfParked } from './parked-handlers.ts';

type Parts = Pick<Runtime, 'facts' | 'clock' | 'log'>;
export type SwitchedOff = FactValue<'mails'>;

/** What of an opened pair has to do with its mails. */
export type WatchedPair = {
  readonly settings: Pick<PairSettings, 'name' | 'timing'>;
  readonly target: { readonly connector: Pick<StoreConnector, 'capabilities' | 'mails'> };
};

/** Id of the fact: there is one target. */
export const MAILS_OF = 'target';

/**
 * Switches mails off. What was on is a fact before the first is switched, so that nothing that happens in between makes anybody forget
 * it. What is off already, by whomever, stays as it is and is not put back.
 */
export async function switchOff(
  pair: string,
  { mails, until, by }: { readonly mails: MailSwitch; readonly until: number; readonly by: string },
  { facts, clock, log }: Parts,
  call: WriteContext,
): Promise<readonly StoreMail[]> {
  const on = (await mails.list(call)).filter(({ enabled }) => enabled);
  const before = await facts.get(pair, 'mails', MAILS_OF);
  const known = before?.switched ?? [];
  const switched = [...known, ...on.map(({ id, title }) => ({ id, title }))];
  const value = {
    at: before?.at ?? clock.now(),
    by,
    until,
    switched: [...new Map(switched.map((one) => [one.id, one])).values()],
  };
  await facts.put([
    { pair, kind: 'mails', id: MAILS_OF, value },
    actOf(clock, pair, by, `switched ${on.length} mails off`),
  ]);
  mails.close(false);
  for (const { id } of on) await mails.set(id, false, call);
  const news = [];
  for await (const { id, value: parked } of facts.list(pair, 'parked'))
    if (parked.message.startsWith(MAILS_ON)) news.push(...newsOfParked(pair, id, clock.now()));
  if (news.length > 0) await log.publish(news);
  return on;
}

/** Puts back just what was switched off; a switch that the shop does not take any more is tried again by whoever comes next. */
export async function putBack(
  pair: string,
  { mails, by }: { readonly mails: MailSwitch; readonly by: string },
  { facts, clock }: Pick<Parts, 'facts' | 'clock'>,
  call: WriteContext,
): Promise<SwitchedOff['switched']> {
  const fact = await facts.get(pair, 'mails', MAILS_OF);
  if (fact === null) return [];
  mails.close(true);
  for (const { id } of fact.switched) await mails.set(id, true, call);
  await facts.put([
    { pair, kind: 'mails', id: MAILS_OF, value: null },
    actOf(clock, pair, by, `put ${fact.switched.length} mails back`),
  ]);
  return fact.switched;
}

/** How long an order that is on its way may still set a mail off, and so how long before the end none is written any more. */
export function closingMs({ target, settings }: WatchedPair): number {
  return Math.max(target.connector.capabilities.landingMs, settings.timing.callMs);
}
