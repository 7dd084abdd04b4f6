import { SyncError } from '#libs/runtime/sync-error.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { ProgressStep } from './progress.ts';
import { createProgressLine } from './progress.ts';
import type { Reconciled } from './reconcile-handler.ts';
import { runText } from './report-text.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'reconcile [pair] [--entity product|variant|order|customer] [--repair] [--dry-run]',
  words: 1,
  details:
    'Compares both shops field by field and keeps a report. With --repair what differs is written through the same road as every\nchange, once the pair is approved. Ends with 1 where something differs or is left.',
  options: {
    entity: { type: 'string', what: 'compare only these' },
    repair: { type: 'boolean', what: 'put right what differs' },
    'dry-run': { type: 'boolean', what: 'only look, whatever else is said' },
  },
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const repair = args.flag('repair');
    if (repair && args.flag('dry-run'))
      throw new SyncError('USAGE', 'Cannot do both --repair and --dry-run: leave one of them out');
    const line = createProgressLine(io);
    const asked = { pair, entity: args.text('entity') ?? null, repair, dryRun: args.flag('dry-run'), by: io.user };
    const { run, phase } = await call<Reconciled>(config, io, 'reconcile', asked, (step) =>
      line.show(pair, step as ProgressStep),
    );
    line.clear();
    if (args.json) say(io, JSON.stringify(run));
    else {
      say(io, ...runText(run));
      if (run.drift > 0) say(io, `→ lockstep report show ${pair} ${run.id}`);
      const failed = run.byCause['failed-apply'] ?? 0;
      if (failed > 0) say(io, `→ lockstep parked list ${pair}   (what could not be written waits there)`);
      if (!repair && run.left > failed && phase === 'follow') say(io, `→ lockstep reconcile ${pair} --repair`);
      if (repair && phase !== 'follow') say(io, `Nothing was repaired: ${pair} is in ${phase} → lockstep plan ${pair}`);
    }
    return run.left > 0 || !run.complete ? 1 : 0;
  },
};
