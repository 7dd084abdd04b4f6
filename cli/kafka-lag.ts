import type { PairLag } from '#libs/event-log/kafka/kafka-admin.ts';
import type { ExitCode } from './io.ts';
import { say } from './io.ts';
import { placesOf, type ClusterCall } from './open-cluster.ts';
import { columns, span } from './text.ts';

/** `kafka lag`: how far each partition of each pair is behind. */
export async function showLag({ args, io, config, cluster, pair }: ClusterCall): Promise<ExitCode> {
  const lags: PairLag[] = [];
  for (const place of placesOf(config, pair)) lags.push(await cluster.lag(place.pair));
  if (args.json) say(io, JSON.stringify(lags));
  else say(io, ...lagLines(lags));
  return 0;
}

/** A line for each partition; what is delayed belongs to the pair, and stands in its first. */
export function lagLines(lags: readonly PairLag[]): readonly string[] {
  return columns([
    ['pair', 'partition', 'behind', 'oldest', 'delayed'],
    ...lags.flatMap(({ pair, partitions, delayed }) =>
      partitions.map(({ partition, behind, oldestMs }, index) => [
        pair,
        String(partition),
        String(behind),
        behind === 0 ? '-' : span(oldestMs),
        index === 0 ? String(delayed) : '',
      ]),
    ),
  ]);
}
