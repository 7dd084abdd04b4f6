import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import type { WebhookPlan } from './plan-webhooks.ts';
import { planWebhooks } from './plan-webhooks.ts';
import { columns, count } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';
import type { WebhookState } from './webhooks-handlers.ts';

type Asked = {
  readonly config: LoadedConfig;
  readonly args: VerbArgs;
  readonly io: Io;
  readonly state: WebhookState;
};

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<ExitCode>>> = { register, list, verify, remove };

export const verb: Verb = {
  usage: 'webhooks register|list|verify|remove [pair] [--url URL] [--yes]',
  words: 2,
  details:
    '`register` shows first what it will create at the old shop, and asks. It can be run again: what is there stays, what the shop\nhas stopped is made anew. `verify` ends with 1 where something is missing or stopped.',
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

async function register({ config, args, io, state }: Asked): Promise<ExitCode> {
  const url = requireUrl(state);
  if (state.off)
    throw new SyncError('USAGE', `Cannot register webhooks of "${state.pair}": the config says webhooks: off`);
  const plan = planWebhooks(state);
  if (plan.create.length + plan.remove.length === 0) {
    if (args.json) say(io, JSON.stringify(plan));
    else say(io, `All ${count(plan.keep.length, 'webhook')} of ${state.pair} are there and active: nothing to do`);
    return 0;
  }
  if (!args.json) say(io, ...planLines(state, plan, url));
  if (!args.flag('yes') && !(await io.confirm('Go on? [y/N] '))) {
    io.err('Nothing was changed (--yes goes on without asking)\n');
    return 1;
  }
  // The new ones first: a shop that changes something in between must not go unheard.
  const { pair } = state;
  if (plan.create.length > 0)
    await call(config, io, 'webhooks.create', { pair, url, topics: plan.create, by: io.user });
  const ids = plan.remove.map(({ id }) => id);
  if (ids.length > 0) await call(config, io, 'webhooks.delete', { pair, ids, by: io.user });
  if (args.json) say(io, JSON.stringify(plan));
  else
    say(
      io,
      `Done: ${count(plan.create.length, 'webhook')} created, ${plan.remove.length} removed, ${plan.keep.length} were there`,
    );
  return 0;
}

function planLines({ shop }: WebhookState, { create, remove }: WebhookPlan, url: string): readonly string[] {
  return [
    ...(create.length === 0 ? [] : [`Will create on ${shop} (nothing else is changed):`, ...inRows('+', create)]),
    ...(remove.length === 0
      ? []
      : [`Will remove from ${shop}:`, ...remove.map(({ topic, why }) => `  - ${topic} (${why})`)]),
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
    say(io, ...columns(state.ours.map(({ topic, status, id }) => [`  ${topic}`, status, `id ${id}`])));
    say(io, `  ${count(state.others, 'webhook')} of others, left alone`);
  }
  return Promise.resolve(0);
}

function verify({ args, io, state }: Asked): Promise<ExitCode> {
  const plan = planWebhooks(state);
  const isWell = state.off || plan.create.length + plan.remove.length === 0;
  if (args.json) say(io, JSON.stringify({ ok: isWell, ...plan }));
  else if (state.off) say(io, `${state.pair} is followed by sweeps alone (webhooks: off)`);
  else if (isWell) say(io, `All ${count(plan.keep.length, 'webhook')} of ${state.pair} are there and active`);
  else
    say(
      io,
      `${state.pair}  ${state.shop} calls ${state.url ?? '(no ingest.publicUrl in the config)'}`,
      ...plan.create.map(
        (topic) =>
          `  ✗ ${topic} is ${plan.remove.some((one) => one.topic === topic) ? 'stopped by the shop' : 'missing'}`,
      ),
      ...plan.remove.filter(({ why }) => why !== 'stopped').map(({ topic, why }) => `  ! ${topic} is ${why}`),
      `  → lockstep webhooks register ${state.pair}`,
    );
  return Promise.resolve(isWell ? 0 : 1);
}

async function remove({ config, args, io, state }: Asked): Promise<ExitCode> {
  requireUrl(state);
  if (state.ours.length === 0) {
    say(io, args.json ? '{"removed":[]}' : `${state.pair} has no webhooks at ${state.shop}: nothing to do`);
    return 0;
  }
  if (!args.json)
    say(
      io,
      `Will remove from ${state.shop} (webhooks of others stay):`,
      ...inRows(
        '-',
        state.ours.map(({ topic }) => topic),
      ),
    );
  if (!args.flag('yes') && !(await io.confirm('Go on? [y/N] '))) {
    io.err('Nothing was changed (--yes goes on without asking)\n');
    return 1;
  }
  const ids = state.ours.map(({ id }) => id);
  await call(config, io, 'webhooks.delete', { pair: state.pair, ids, by: io.user });
  if (args.json) say(io, JSON.stringify({ removed: ids }));
  else say(io, `Done: ${count(ids.length, 'webhook')} removed; ${state.pair} is now followed by sweeps alone`);
  return 0;
}
