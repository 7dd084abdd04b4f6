import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { Held } from './pause-handlers.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'pause [pair] [--field FIELD] [--reason TEXT]',
  words: 1,
  details: 'Nothing more is written until `lockstep resume`. News is kept, and applied then.',
  options: {
    field: { type: 'string', what: 'hold only this field, such as variant.quantity' },
    reason: { type: 'string', what: 'why, for status and log' },
  },
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const held = await call<Held>(config, io, 'pause', {
      pair,
      field: args.text('field'),
      reason: args.text('reason'),
      by: io.user,
    });
    if (args.json) say(io, JSON.stringify(held));
    else say(io, ...heldLines(pair, args.text('field')));
    return 0;
  },
};

function heldLines(pair: string, field: string | undefined): readonly string[] {
  if (field === undefined) return [`${pair} is held: nothing is written`, `→ lockstep resume ${pair} goes on`];
  return [
    `${field} of ${pair} is held: everything else goes on`,
    `→ lockstep resume ${pair} --field ${field} goes on with it`,
  ];
}
