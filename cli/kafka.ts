import { chooseAction } from './choose-action.ts';
import { loadConfigFor } from './context.ts';
import { showLag } from './kafka-lag.ts';
import { replay } from './kafka-replay.ts';
import { createTopics, deleteTopics, describeTopics } from './kafka-topics.ts';
import { openCluster, type ClusterCall } from './open-cluster.ts';
import type { ExitCode } from './io.ts';
import type { Verb } from './verb.ts';

type Action = (call: ClusterCall) => Promise<ExitCode>;

const TOPICS: Readonly<Record<string, Action>> = {
  create: createTopics,
  describe: describeTopics,
  delete: deleteTopics,
};
const ACTIONS: Readonly<Record<string, Action>> = { lag: showLag, replay };

export const verb: Verb = {
  usage: 'kafka topics create|describe|delete [pair] · kafka lag [pair] · kafka replay <pair> --since 2h',
  words: 3,
  details: [
    '`topics create` shows which topics are missing, asks, and makes them; what is there stays as it is. `topics describe` holds each',
    'against what it is to be, says how to mend it, and ends with 1 where something is wrong. `topics delete` takes away the topic and',
    'the group of one pair, once no process consumes it.',
    '`lag` says how far each partition is behind, and for how long. `replay` publishes news again of everything that had some since',
    'then: each is looked at once more. No offset is moved.',
  ].join('\n'),
  options: {
    since: { type: 'string', what: 'replay: from when on (2h, 30m, or 2026-11-23T12:00:00Z)' },
    entity: { type: 'string', what: 'replay: product, order or customer alone' },
    yes: { type: 'boolean', what: 'do not ask' },
  },
  run: async (args, io) => {
    const [first, second] = args.words;
    const isTopics = first === 'topics';
    const action = isTopics
      ? chooseAction('kafka topics', second, TOPICS)
      : chooseAction('kafka', first, { ...ACTIONS, topics: describeTopics });
    const config = await loadConfigFor(io, args.config);
    const name = ['kafka', first, ...(isTopics ? [second] : [])].join(' ');
    await using cluster = openCluster(config, io, name);
    return await action({ args, io, config, cluster, pair: args.words[isTopics ? 2 : 1] });
  },
};
