import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { Held } from './pause-handlers.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'resume [pair] [--field FIELD]',
  words: 1,
  details: 'Ends every hold of the pair, or that of one field. What changed meanwhile is applied.',
  options: { field: { type: 'string', what: 'only the hold of this field' } },
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const held = await call<Held>(config, io, 'resume', { pair, field: args.text('field'), by: io.user });
    if (args.json) say(io, JSON.stringify(held));
    else if (held.holds.length === 0) say(io, `${pair} was not held`);
    else say(io, `${pair} goes on (${held.holds.map((id) => (id === '*' ? 'the whole pair' : id)).join(', ')})`);
    return 0;
  },
};
