import type { Inspection } from '#libs/event-log/kafka/inspect-topics.ts';
import type { PairDeletion } from '#libs/event-log/kafka/delete-pair.ts';
import type { TopicsPlan } from '#libs/event-log/kafka/kafka-admin.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import { placesOf, type ClusterCall } from './open-cluster.ts';
import { columns, count, span } from './text.ts';

const PAIR_NAME = /^[a-z0-9-]{1,40}$/;

/** `kafka topics create`: makes what is missing. */
export async function createTopics({ args, io, config, cluster, pair }: ClusterCall): Promise<ExitCode> {
  const places = placesOf(config, pair);
  const plan = await cluster.planTopics(places);
  const names = plan.create.map(({ name }) => name);
  if (names.length === 0) {
    say(
      io,
      args.json
        ? JSON.stringify({ created: [], there: plan.there.map(({ name }) => name) })
        : `All ${count(plan.there.length, 'topic')} are there: nothing to do (lockstep kafka topics describe looks at their settings)`,
    );
    return 0;
  }
  if (!args.json) say(io, ...createLines(plan));
  if (!(await isAllowed(args.flag('yes'), io))) return 1;
  const created = await cluster.createTopics(places);
  if (args.json)
    say(io, JSON.stringify({ created: created.map(({ name }) => name), there: plan.there.map(({ name }) => name) }));
  else say(io, `Done: ${count(created.length, 'topic')} created, ${plan.there.length} were there`);
  return 0;
}

/** What `create` would do, for people. */
export function createLines({ create, there, replication }: TopicsPlan): readonly string[] {
  return [
    `Will create, each ${replication.factor} times, min.insync.replicas ${replication.minInSync} (${there.length} are there and stay as they are):`,
    ...columns(
      create.map(({ name, partitions, holds, settings }) => [
        `  + ${name}`,
        count(partitions, 'partition'),
        settings['cleanup.policy'] === 'compact' ? 'compacted' : `kept ${span(Number(settings['retention.ms']))}`,
        holds,
      ]),
    ),
  ];
}

/** `kafka topics describe`: what is there, and what is wrong with it. */
export async function describeTopics({ args, io, config, cluster, pair }: ClusterCall): Promise<ExitCode> {
  const inspection = await cluster.inspect(placesOf(config, pair));
  if (args.json) say(io, JSON.stringify(inspection));
  else say(io, ...describeLines(inspection));
  return problemsOf(inspection) > 0 ? 1 : 0;
}

const SIGNS = { problem: '✗', warning: '!' } as const;

/** The cluster topic by topic; below each, what is wrong with it and what mends it. */
export function describeLines(inspection: Inspection): readonly string[] {
  const { brokers, topics, findings } = inspection;
  const heads = columns(
    topics.map(({ spec, found, findings: own }) => [
      `${own.some(({ level }) => level === 'problem') ? '✗' : own.length > 0 ? '!' : '✓'} ${spec.name}`,
      ...(found === null
        ? ['-', '', '', '']
        : [
            `${count(found.partitions, 'partition')} × ${found.replicas}`,
            `min.insync.replicas ${found.minInSync}`,
            found.retentionMs === null ? 'kept for good' : `kept ${span(found.retentionMs)}`,
          ]),
      spec.holds,
    ]),
  );
  const below = (own: Inspection['findings']) =>
    own.flatMap(({ level, message, remedy }) => [`    ${SIGNS[level]} ${message}`, `      → ${remedy}`]);
  const problems = problemsOf(inspection);
  const warnings = allOf(inspection).length - problems;
  return [
    count(brokers, 'broker'),
    ...below(findings),
    ...topics.flatMap(({ findings: own }, index) => [heads[index] ?? '', ...below(own)]),
    problems + warnings === 0 ? 'Everything is well' : `${count(problems, 'problem')}, ${count(warnings, 'warning')}`,
  ];
}

function allOf({ findings, topics }: Inspection): Inspection['findings'] {
  return [...findings, ...topics.flatMap((topic) => topic.findings)];
}

function problemsOf(inspection: Inspection): number {
  return allOf(inspection).filter(({ level }) => level === 'problem').length;
}

/** `kafka topics delete <pair>`: the pair may have left the config already, and mostly has. */
export async function deleteTopics({ args, io, config, cluster, pair }: ClusterCall): Promise<ExitCode> {
  if (pair === undefined || !PAIR_NAME.test(pair))
    throw new SyncError('USAGE', 'Cannot delete topics: name the pair, lockstep kafka topics delete <pair>');
  const plan = await cluster.planDeletion(pair);
  if (plan.topic === null && plan.group === null) {
    say(io, args.json ? JSON.stringify({ deleted: [] }) : `The cluster holds nothing of "${pair}": nothing to do`);
    return 0;
  }
  if (!args.json) {
    say(io, ...deleteLines(plan));
    if (config.pairs.some(({ settings }) => settings.name === pair))
      say(io, `! ${pair} is still in ${config.file}: the next start makes its topic again`);
  }
  if (plan.members === 0 && !(await isAllowed(args.flag('yes'), io, `Delete the topic of "${pair}"? [y/N] `))) return 1;
  const { topic, group } = await cluster.deletePair(pair);
  const deleted = [topic, group].filter((one) => one !== null);
  say(io, args.json ? JSON.stringify({ deleted }) : `Done: nothing of ${pair} is left on its own topic`);
  return 0;
}

function deleteLines({ topic, news, group, members }: PairDeletion): readonly string[] {
  return [
    'Will delete for good:',
    ...(topic === null ? [] : [`  - ${topic} with ${count(news, 'news', 'news')}`]),
    ...(group === null ? [] : [`  - the group ${group} (${count(members, 'member')})`]),
    'Decisions and outcomes on the shared topics stay. First take the pair out of the config of every process, ingest too.',
  ];
}

async function isAllowed(yes: boolean, io: Io, question = 'Go on? [y/N] '): Promise<boolean> {
  if (yes || (await io.confirm(question))) return true;
  io.err('Nothing was changed (--yes goes on without asking)\n');
  return false;
}
