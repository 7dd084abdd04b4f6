import { ROOT_KINDS, type RootKind } from '#libs/model/stored.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { nearest } from '#libs/runtime/nearest.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { choosePair } from './context.ts';
import type { ExitCode } from './io.ts';
import { say } from './io.ts';
import type { ClusterCall } from './open-cluster.ts';
import { parseSince } from './since.ts';
import { count, minute } from './text.ts';

/** `kafka replay <pair> --since`: what had news since then is looked at once more. */
export async function replay({ args, io, config, cluster, pair: named }: ClusterCall): Promise<ExitCode> {
  const pair = choosePair(config, named);
  const text = args.text('since');
  if (text === undefined)
    throw new SyncError('USAGE', 'Cannot replay: say from when on, --since 2h or --since 2026-11-23T12:00:00Z');
  const since = parseSince(text, systemClock.now());
  const { read, undecodable, news } = await cluster.rootsSince({ pair, since, root: rootOf(args.text('entity')) });
  if (!args.json)
    say(
      io,
      `${count(read, 'news', 'news')} on the log since ${minute(since)}${undecodable === 0 ? '' : `, ${undecodable} of them cannot be read`}: ${count(news.length, 'entity', 'entities')}`,
    );
  if (news.length > 0 && !args.flag('yes') && !(await io.confirm(`Look at each of them again at ${pair}? [y/N] `))) {
    io.err('Nothing was published (--yes goes on without asking)\n');
    return 1;
  }
  await cluster.publish(news);
  if (args.json) say(io, JSON.stringify({ pair, since: new Date(since).toISOString(), read, published: news.length }));
  else say(io, `Published again: ${count(news.length, 'news', 'news')}, each entity once`);
  return 0;
}

function rootOf(word: string | undefined): RootKind | null {
  if (word === undefined) return null;
  const root = ROOT_KINDS.find((kind) => kind === word);
  if (root !== undefined) return root;
  const meant = nearest(word, ROOT_KINDS);
  throw new SyncError(
    'USAGE',
    `Cannot replay "${word}": ${meant === null ? `there are ${ROOT_KINDS.join(', ')}` : `did you mean "${meant}"?`}`,
  );
}
