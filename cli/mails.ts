import { durationSchema } from '#libs/runtime/config/duration.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import type { MailsOff, MailsRestored, MailState } from './mails-handlers.ts';
import { columns, count, minute } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';

type Asked = { readonly config: LoadedConfig; readonly pair: string; readonly args: VerbArgs; readonly io: Io };

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<ExitCode>>> = { list, off, restore };

export const verb: Verb = {
  usage: 'mails list|off|restore [pair] [--for 8h] [--yes]',
  words: 2,
  details:
    'While the new shop mails about orders, none is written there. `off` shows first which of its mails it switches off, and asks;\nthey come on again after --for, when the process ends, or as soon as the new shop sells. `restore` puts them back before.',
  options: {
    for: { type: 'string', what: 'how long they stay off (default 8h)' },
    yes: { type: 'boolean', what: 'do not ask' },
  },
  run: async (args, io) => {
    const action = chooseAction('mails', args.words[0], ACTIONS);
    const config = await loadConfigFor(io, args.config);
    return action({ config, pair: choosePair(config, args.words[1]), args, io });
  },
};

async function list({ config, pair, args, io }: Asked): Promise<ExitCode> {
  const state = await call<MailState>(config, io, 'mails.list', { pair });
  if (args.json) say(io, JSON.stringify(state));
  else say(io, `Mails of ${state.shop}`, ...mailLines(state), ...offLines(state));
  return 0;
}

async function off({ config, pair, args, io }: Asked): Promise<ExitCode> {
  const forMs = readDuration(args.text('for') ?? '8h');
  const state = await call<MailState>(config, io, 'mails.list', { pair });
  if (state.refused !== null)
    throw new SyncError('USAGE', `Cannot switch the mails of "${pair}" off: ${state.refused}`);
  const on = state.mails.filter(({ enabled }) => enabled);
  if (on.length === 0 && state.off === null) {
    if (args.json) say(io, JSON.stringify({ pair, switched: [] }));
    else say(io, `${state.shop} mails nobody about orders: nothing to do`);
    return 0;
  }
  if (!args.json)
    say(
      io,
      `${state.shop} will mail neither customers nor staff until ${minute(state.now + forMs)}. Switched off:`,
      ...on.map(({ title, id }) => `  ${title}  (${id})`),
      'Put back then, when lockstep ends, or as soon as the new shop sells.',
    );
  if (!args.flag('yes') && !(await io.confirm('Go on? [y/N] '))) {
    io.err('Nothing was changed (--yes goes on without asking)\n');
    return 1;
  }
  const done = await call<MailsOff>(config, io, 'mails.off', { pair, forMs, by: io.user });
  if (args.json) say(io, JSON.stringify(done));
  else say(io, `Done: ${count(done.switched.length, 'mail')} off until ${minute(done.until)}`);
  return 0;
}

async function restore({ config, pair, args, io }: Asked): Promise<ExitCode> {
  const done = await call<MailsRestored>(config, io, 'mails.restore', { pair, by: io.user });
  if (args.json) say(io, JSON.stringify(done));
  else if (done.switched.length === 0) say(io, 'No mail was switched off by Lockstep: nothing to put back');
  else if (done.at === null) say(io, `Done: ${count(done.switched.length, 'mail')} on again`);
  else
    say(
      io,
      `No more orders are written; ${count(done.switched.length, 'mail')} come on again at ${minute(done.at)}, when the last has landed`,
    );
  return 0;
}

function readDuration(text: string): number {
  const parsed = durationSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new SyncError('USAGE', `Cannot use "${text}" as a length of time: write 30m, 8h or 2d`);
}

function mailLines({ mails, off: switchedOff }: MailState): readonly string[] {
  const ours = new Set(switchedOff?.switched.map(({ id }) => id) ?? []);
  return columns(
    mails.map(({ title, id, enabled }) => [enabled ? 'on' : ours.has(id) ? 'off by us' : 'off', title, id]),
  );
}

function offLines({ off: switchedOff }: MailState): readonly string[] {
  if (switchedOff === null) return [];
  return [`${count(switchedOff.switched.length, 'mail')} off by ${switchedOff.by} until ${minute(switchedOff.until)}`];
}
