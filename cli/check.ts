import type { Finding } from '#libs/connectors/store-connector.ts';
import type { PairCheck } from './check-handler.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import { count } from './text.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'check [pair]',
  words: 1,
  details: 'Asks both shops and changes nothing. Exit code 2 where something is wrong.',
  options: {
    delivery: {
      type: 'boolean',
      what: 'also have the old shop send a webhook (its youngest product is saved as it is), and time it; up to three minutes',
    },
  },
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const pair = args.words[0] === undefined ? undefined : choosePair(config, args.words[0]);
    const checks = await call<readonly PairCheck[]>(config, io, 'check', {
      pair,
      delivery: args.flag('delivery'),
    });
    if (args.json) say(io, JSON.stringify(checks));
    else say(io, ...checkLines(checks));
    return problemsOf(checks, 'problem') > 0 ? 2 : 0;
  },
};

const SIGNS: Readonly<Record<Finding['level'], string>> = { ok: '✓', warning: '!', problem: '✗' };

/** The findings of every pair, each with what to do, and how many there are of them. */
export function checkLines(checks: readonly PairCheck[]): readonly string[] {
  const findings = checks.flatMap((one) => one.findings);
  const width = Math.min(26, Math.max(0, ...findings.map(({ topic }) => topic.length)));
  const problems = problemsOf(checks, 'problem');
  const warnings = problemsOf(checks, 'warning');
  return [
    ...checks.flatMap(({ pair, source, target, phase, findings: own }) => [
      `${pair}  ${source}  →  ${target}   phase: ${phase}`,
      ...own.flatMap((finding) => findingLines(finding, width)),
    ]),
    problems + warnings === 0 ? 'Everything is well' : `${count(problems, 'problem')}, ${count(warnings, 'warning')}`,
  ];
}

function findingLines({ level, topic, message, remedy }: Finding, width: number): readonly string[] {
  const line = `  ${SIGNS[level]} ${topic.padEnd(width)}  ${message}`;
  return remedy === undefined ? [line] : [line, `${' '.repeat(width + 6)}→ ${remedy}`];
}

function problemsOf(checks: readonly PairCheck[], level: Finding['level']): number {
  return checks.flatMap(({ findings }) => findings).filter((finding) => finding.level === level).length;
}
