import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import { progressText } from './progress.ts';
import type { PairStatus } from './status-handler.ts';
import { ago, count, minute, span } from './text.ts';
import type { Verb } from './verb.ts';
import { unheardText } from './webhook-text.ts';

export const verb: Verb = {
  usage: 'status [pair]',
  words: 1,
  details: 'Exit code 1 where a person is asked for: something is parked, held, or an alarm stands.',
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = args.words[0] === undefined ? undefined : choosePair(config, args.words[0]);
    const all = await call<readonly PairStatus[]>(config, io, 'status', { pair });
    if (args.json) say(io, JSON.stringify(all));
    else {
      const width = Math.max(0, ...all.map((one) => one.pair.length));
      for (const one of all) say(io, ...statusLines(one, width).map((line) => (io.isTerminal ? inRed(line) : line)));
    }
    return all.some(needsPerson) ? 1 : 0;
  },
};

/** What stands there until a person does something is seen from afar. */
function inRed(line: string): string {
  return /^ *! /.test(line) ? `\u001b[31m${line}\u001b[0m` : line;
}

function needsPerson({ parked, unreadable, holds, alarms, configChanged, webhooks }: PairStatus): boolean {
  const faults = webhooks?.faults.length ?? 0;
  return parked + unreadable + holds.length + alarms.length + faults > 0 || configChanged;
}

/** What a person sees of one pair: how it is first, then what to do. */
export function statusLines(status: PairStatus, width: number): readonly string[] {
  const rest = ' '.repeat(width + 2);
  return [
    `${status.pair.padEnd(width)}  ${headline(status)}`,
    ...partitionLines(status).map((line) => `${rest}${line}`),
    `${rest}${storesLine(status)}`,
    `${rest}${historyLine(status)}`,
    ...runLines(status).map((line) => `${rest}${line}`),
    ...scanLines(status).map((line) => `${rest}${line}`),
    ...changeLines(status).map((line) => `${rest}${line}`),
    ...fieldHoldLines(status).map((line) => `${rest}${line}`),
    ...status.alarms.map((alarm) => `${rest}! ${alarm}`),
    ...nextSteps(status).map((step) => `${rest}next: ${step}`),
  ];
}

function headline({ phase, holds, behind, delayed, oldestMs, running }: PairStatus): string {
  const whole = holds.find(({ id }) => id === '*');
  if (whole !== undefined)
    return `HELD since ${minute(whole.at)} by ${whole.by}: ${whole.reason}   ${lagText(behind, delayed, oldestMs)}`;
  const doing = {
    observe: 'observing: nothing is written before approval',
    follow: 'following',
    closed: 'closed: nothing is written any more',
  }[phase];
  return [doing + (running ? '' : ' (not running)'), lagText(behind, delayed, oldestMs)].join('   ');
}

function fieldHoldLines({ holds }: PairStatus): readonly string[] {
  return holds
    .filter(({ id }) => id !== '*')
    .map(({ id, at, by, reason }) => `${id} HELD since ${minute(at)} by ${by}: ${reason}`);
}

function lagText(behind: number, delayed: number, oldestMs: number): string {
  if (behind === 0) return delayed === 0 ? 'behind 0' : `behind 0, ${count(delayed, 'look')} to come`;
  return `behind ${behind}, the oldest for ${span(oldestMs)}${delayed === 0 ? '' : `, ${count(delayed, 'look')} to come`}`;
}

// Where several share the work, one that stands still is not seen in the sum.
function partitionLines({ partitions, behind }: PairStatus): readonly string[] {
  if (partitions.length < 2 || behind === 0) return [];
  const each = partitions.map(
    (one) => `${one.partition}: ${one.behind}${one.behind === 0 ? '' : ` for ${span(one.oldestMs)}`}`,
  );
  return [`by partition   ${each.join('   ')}`];
}

function storesLine({ stores, parked, unreadable, running }: PairStatus): string {
  const ill = stores.filter(({ well }) => !well);
  const shops =
    ill.length === 0
      ? 'both shops well'
      : ill.map(({ side }) => `the ${side === 'source' ? 'old' : 'new'} shop does not answer`).join(', ');
  const used = stores.map(
    ({ side, budgetUsed }) => `${side === 'source' ? 'old' : 'new'} ${Math.round(budgetUsed * 100)} %`,
  );
  // Without a running process nobody asks the stores, and the shared buckets say nothing.
  if (!running) return `parked ${parked + unreadable}`;
  return `parked ${parked + unreadable}   budget used: ${used.join(', ')}   ${shops}`;
}

function webhookLine(webhooks: PairStatus['webhooks']): string {
  if (webhooks === null) return '';
  if (webhooks.off) return 'webhooks off   ';
  return `webhooks ${webhooks.active}/${webhooks.wanted} active   `;
}

function historyLine({ lastSweepAt, lastRun, now, webhooks }: PairStatus): string {
  const webhooksText = webhookLine(webhooks);
  const sweep = webhooksText + (lastSweepAt === null ? 'not swept yet' : `last sweep ${ago(now - lastSweepAt)}`);
  if (lastRun === null) return `${sweep}   not compared yet`;
  if (lastRun.endedAt === null) return `${sweep}   comparing since ${minute(lastRun.at)}`;
  return `${sweep}   last comparison ${minute(lastRun.at)}: ${count(lastRun.drift, 'drift', 'drifts')}, ${lastRun.repaired} repaired, ${lastRun.left} left`;
}

function runLines({ progress }: PairStatus): readonly string[] {
  if (progress === null) return [];
  const left = progress.leftMs === null ? '' : `   about ${span(progress.leftMs)} left`;
  return [`comparing: ${progressText(progress)}${left}`];
}

function scanLines({ scan }: PairStatus): readonly string[] {
  if (scan === null) return [];
  const of = scan.of === null ? '' : ` of ${scan.of.toLocaleString('en')}`;
  const round = scan.roundMs === null ? '' : `, a round of everything takes about ${span(scan.roundMs)}`;
  return [`rolling scan: ${scan.seen.toLocaleString('en')}${of} ${scan.root}s${round}`];
}

function changeLines({ lastChange, nextRunAt, now }: PairStatus): readonly string[] {
  const change =
    lastChange === null
      ? []
      : [
          `last change ${ago(now - lastChange.at)} (${lastChange.what}, applied ${span(lastChange.tookMs)} after it was heard of)`,
        ];
  const next = nextRunAt === null ? [] : [`next comparison ${minute(nextRunAt)}`];
  const line = [...change, ...next].join('   ');
  return line === '' ? [] : [line];
}

function nextSteps(status: PairStatus): readonly string[] {
  const { pair, phase, parkedReasons, unreadable, configChanged, holds } = status;
  return [
    ...(status.running || phase === 'closed' ? [] : ['lockstep start   (nothing is carried meanwhile)']),
    ...(phase === 'observe' ? [`lockstep plan ${pair}   then: lockstep approve ${pair}`] : []),
    ...(configChanged
      ? [`the config is not the one that was approved → lockstep plan ${pair}, lockstep approve ${pair}`]
      : []),
    ...resumeSteps(pair, holds),
    ...(parkedReasons.length > 0 ? [`${parkedText(status)} → lockstep parked list ${pair}`] : []),
    ...webhookSteps(status),
    ...(unreadable > 0 ? [`${count(unreadable, 'webhook')} not understood → lockstep parked list ${pair}`] : []),
  ];
}

function webhookSteps({ pair, webhooks }: PairStatus): readonly string[] {
  const said = [...(webhooks?.faults ?? []), ...(webhooks?.unheard ?? []).map((one) => unheardText(one))];
  return said.length === 0 ? [] : [`webhooks: ${said.join('; ')} → lockstep webhooks verify ${pair}`];
}

function resumeSteps(pair: string, holds: PairStatus['holds']): readonly string[] {
  if (holds.length === 0) return [];
  const [only, ...others] = holds;
  const field = only === undefined || others.length > 0 || only.id === '*' ? '' : ` --field ${only.id}`;
  return [`lockstep resume ${pair}${field}   (when it may go on)`];
}

function parkedText({ parked, parkedReasons: [most, ...others] }: PairStatus): string {
  if (most === undefined) return `${parked} parked`;
  return others.length === 0
    ? `${parked} parked: ${most.reason}`
    : `${parked} parked, most of them (${most.count}): ${most.reason}`;
}
