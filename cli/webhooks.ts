import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { WebhookPlan } from '../services/reconciler/plan-webhooks.ts';
import { planWebhooks } from '../services/reconciler/plan-webhooks.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import { columns, count } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';
import { faultText, unheardText } from './webhook-text.ts';
import type { WebhookState } from './webhooks-handlers.ts';

type Asked = {
  readonly config: LoadedConfig;
  readonly args: VerbArgs;
  readonly io: Io;
  readonly state: WebhookState;
};

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<ExitCode>>> = {
  register: (asked) => mend(asked, false),
  list,
  verify,
  repair: (asked) => mend(asked, true),
  remove,
};

export const verb: Verb = {
  usage: 'webhooks register|list|verify|repair|remove [pair] [--url URL] [--yes]',
  words: 2,
  details: [
    '`register` and `repair` show first what they will do at the old shop, and ask. Both can be run again: what is well stays, what the',
    'shop has stopped, what is paused, doubled or calls another address is made anew. `repair` then catches up with what was missed.',
    '`verify` ends with 1 where something is wrong.',
  ].join('\n'),
  options: {
    url: { type: 'string', what: 'how the old shop reaches this process (default: ingest.publicUrl of the config)' },
    yes: { type: 'boolean', what: 'do not ask' },
  },
  run: async (args, io) => {
    const action = chooseAction('webhooks', args.words[0], ACTIONS);
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[1]);
    const url = args.text('url') ?? null;
    if (url !== null && !URL.canParse(url))
      throw new SyncError('USAGE', `Cannot use "${url}": it is not a URL, such as https://sync.example.com`);
    return action({ config, args, io, state: await call<WebhookState>(config, io, 'webhooks.list', { pair, url }) });
  },
};

function requireUrl({ url, pair }: WebhookState): string {
  if (url === null)
    throw new SyncError(
      'USAGE',
      `Cannot tell where webhooks of "${pair}" belong: set ingest.publicUrl, or name it with --url`,
    );
  return url;
}

async function mend({ config, args, io, state }: Asked, catchUp: boolean): Promise<ExitCode> {
  const url = requireUrl(state);
  const { pair } = state;
  if (state.off) throw new SyncError('USAGE', `Cannot register webhooks of "${pair}": the config says webhooks: off`);
  if (catchUp && state.registeredAt === null && state.ours.length === 0)
    throw new SyncError(
      'USAGE',
      `Cannot repair webhooks of "${pair}": none were registered: lockstep webhooks register`,
    );
  const plan = planWebhooks(state.ours, state.wanted, url);
  const { create, remove: old, keep } = plan;
  if (create.length + old.length === 0) {
    if (args.json) say(io, JSON.stringify(plan));
    else say(io, `All ${count(keep.length, 'webhook')} of ${pair} are there and active: nothing to do`);
    return 0;
  }
  if (!args.json) say(io, ...planLines(state, plan, url));
  if (!(await agreed(args, io))) return 1;
  const done = await call<{ readonly swept: boolean }>(config, io, 'webhooks.mend', {
    pair,
    url,
    create,
    remove: old,
    by: io.user,
    catchUp,
  });
  if (args.json) say(io, JSON.stringify(plan));
  else say(io, ...doneLines(plan, { pair, catchUp, ...done }));
  return 0;
}

function doneLines(
  { create, remove: old, keep }: WebhookPlan,
  { catchUp, swept }: { readonly pair: string; readonly catchUp: boolean; readonly swept: boolean },
): readonly string[] {
  const done = `Done: ${count(create.length, 'webhook')} created, ${old.length} removed, ${keep.length} were there`;
  if (!catchUp) return [done];
  return [done, swept ? 'What changed meanwhile was asked for' : 'What changed meanwhile is found by the next sweep'];
}

async function agreed(args: VerbArgs, io: Io): Promise<boolean> {
  if (args.flag('yes') || (await io.confirm('Go on? [y/N] '))) return true;
  io.err('Nothing was changed (--yes goes on without asking)\n');
  return false;
}

function planLines({ shop }: WebhookState, { create, remove: old }: WebhookPlan, url: string): readonly string[] {
  const topics = create.map(({ topic }) => topic);
  return [
    ...(topics.length === 0 ? [] : [`Will create on ${shop} (nothing else is changed):`, ...inRows('+', topics)]),
    ...(old.length === 0
      ? []
      : [`Will remove from ${shop}:`, ...old.map((one) => `  - ${faultText(one)} (id ${one.id})`)]),
    `Each calls ${url}, signed with the first of source.webhookSecrets.`,
  ];
}

// One line for each kind of entity.
function inRows(sign: string, topics: readonly string[]): readonly string[] {
  const rows = Map.groupBy(topics, (topic) => topic.split(/[./]/)[0]);
  return columns([...rows.values()].map((row) => [`  ${sign}`, ...row]));
}

function list({ args, io, state }: Asked): Promise<ExitCode> {
  if (args.json) say(io, JSON.stringify(state));
  else {
    say(io, `${state.pair}  ${state.shop} calls ${state.url ?? '(no ingest.publicUrl in the config)'}`);
    say(
      io,
      ...columns(
        state.ours.map(({ topic, status, id, url, unsound }) => [
          `  ${topic}`,
          status,
          `id ${id}`,
          url === state.url ? (unsound ?? '') : `calls ${url}`,
        ]),
      ),
    );
    say(io, `  ${count(state.others, 'webhook')} of others, left alone`);
  }
  return Promise.resolve(0);
}

function verify({ args, io, state }: Asked): Promise<ExitCode> {
  const plan = planWebhooks(state.ours, state.wanted, state.url ?? '');
  const isWell = state.off || plan.create.length + plan.remove.length + state.unheard.length === 0;
  if (args.json) say(io, JSON.stringify({ ok: isWell, ...plan, unheard: state.unheard }));
  else if (state.off) say(io, `${state.pair} is followed by sweeps alone (webhooks: off)`);
  else if (isWell) say(io, `All ${count(plan.keep.length, 'webhook')} of ${state.pair} are there and active`);
  else
    say(
      io,
      `${state.pair}  ${state.shop} calls ${state.url ?? '(no ingest.publicUrl in the config)'}`,
      ...plan.create.map((one) => `  ✗ ${faultText(one)}`),
      ...plan.remove
        .filter(({ topic }) => !plan.create.some((one) => one.topic === topic))
        .map((one) => `  ! ${faultText(one)} (id ${one.id})`),
      ...state.unheard.map((one) => `  ! ${unheardText(one)}: can the old shop reach this address?`),
      `  → lockstep webhooks ${state.registeredAt === null ? 'register' : 'repair'} ${state.pair}`,
    );
  return Promise.resolve(isWell ? 0 : 1);
}

async function remove({ config, args, io, state }: Asked): Promise<ExitCode> {
  const url = requireUrl(state);
  // Those at another address may be another Lockstep's.
  const mine = state.ours.filter((one) => one.url === url);
  if (mine.length === 0) {
    say(io, args.json ? '{"removed":[]}' : `${state.pair} has no webhooks at ${state.shop}: nothing to do`);
    return 0;
  }
  if (!args.json)
    say(
      io,
      `Will remove from ${state.shop} (webhooks of others stay):`,
      ...inRows(
        '-',
        mine.map(({ topic }) => topic),
      ),
    );
  if (!(await agreed(args, io))) return 1;
  const ids = mine.map(({ id }) => id);
  await call(config, io, 'webhooks.remove', { pair: state.pair, ids, by: io.user });
  if (args.json) say(io, JSON.stringify({ removed: ids }));
  else say(io, `Done: ${count(ids.length, 'webhook')} removed; ${state.pair} is now followed by sweeps alone`);
  return 0;
}
