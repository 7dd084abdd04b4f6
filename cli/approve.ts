import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { Io } from './io.ts';
import { say } from './io.ts';
import type { ApprovedPlan, ShownPlan } from './plan-handlers.ts';
import { planText } from './plan-text.ts';
import { PLAN_LINES } from './plan.ts';
import type { ProgressStep } from './progress.ts';
import { createProgressLine } from './progress.ts';
import { count } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';

export const verb: Verb = {
  usage: 'approve [pair] [--plan ID] [--yes]',
  words: 1,
  details:
    'Approves the latest plan: from now on the pair writes. Where no plan was made with this config, makes one, shows it, and asks.',
  options: {
    plan: { type: 'string', what: 'the plan that is meant, by its id (default: the latest)' },
    yes: { type: 'boolean', what: 'do not ask' },
  },
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const planId = args.text('plan') ?? (await planSeen(config, io, pair, args));
    if (planId === null) {
      io.err('Nothing was approved (--yes goes on without asking)\n');
      return 1;
    }
    const approved = await call<ApprovedPlan>(config, io, 'approve', { pair, planId, by: io.user });
    if (args.json) say(io, JSON.stringify(approved));
    else say(io, ...approvedLines(approved));
    return 0;
  },
};

/** The plan that a person has seen, or sees now and agrees to. */
async function planSeen(config: LoadedConfig, io: Io, pair: string, given: VerbArgs): Promise<string | null> {
  const args = { pair, limit: PLAN_LINES };
  const seen = await call<ShownPlan | null>(config, io, 'plan.latest', args);
  if (seen !== null) return seen.plan.id;
  const line = createProgressLine(io);
  const made = await call<ShownPlan>(config, io, 'plan', args, (step) => line.show(pair, step as ProgressStep));
  line.clear();
  if (given.flag('yes')) return made.plan.id;
  if (!given.json) say(io, ...planText(made));
  return (await io.confirm('Approve it? [y/N] ')) ? made.plan.id : null;
}

function approvedLines({
  pair,
  planId,
  planned,
  inherited,
  toCreate,
  links,
  running,
}: ApprovedPlan): readonly string[] {
  return [
    `${pair}  plan ${planId} approved: ${count(planned, 'field')} to write, ${toCreate} to create, ${count(inherited, 'field')} kept as they are, ${count(links, 'link')} noted`,
    running ? 'It is being carried over: lockstep status shows how far' : '→ lockstep start carries it over',
  ];
}
