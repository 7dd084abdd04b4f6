import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { LoggedAct } from './log-handler.ts';
import { columns, minute } from './text.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'log [pair]',
  words: 1,
  details: 'Approvals, pauses and whatever else people did with the pair, oldest first.',
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const acts = await call<readonly LoggedAct[]>(config, io, 'log', { pair });
    if (args.json) say(io, JSON.stringify(acts));
    else if (acts.length === 0) say(io, `Nobody has done anything with ${pair} yet`);
    else say(io, ...columns(acts.map(({ at, by, what }) => [minute(at), by, what])));
    return 0;
  },
};
