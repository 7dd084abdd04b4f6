import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { Resumed } from './pause-handlers.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'resume [pair] [--field FIELD]',
  words: 1,
  details:
    'Ends every hold of the pair, or that of one field. What changed meanwhile is applied, and both shops are compared in full.',
  options: { field: { type: 'string', what: 'only the hold of this field' } },
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const resumed = await call<Resumed>(config, io, 'resume', { pair, field: args.text('field'), by: io.user });
    if (args.json) say(io, JSON.stringify(resumed));
    else say(io, ...resumedLines(resumed));
    return 0;
  },
};

function resumedLines({ pair, holds, compares, running }: Resumed): readonly string[] {
  if (holds.length === 0) return [`${pair} was not held`];
  const goesOn = `${pair} goes on (${holds.map((id) => (id === '*' ? 'the whole pair' : id)).join(', ')})`;
  if (!compares) return [goesOn];
  return [
    goesOn,
    running
      ? 'Both shops are being compared, and what was held back is written: lockstep status shows how far'
      : '→ lockstep start compares both shops, and writes what was held back',
  ];
}
