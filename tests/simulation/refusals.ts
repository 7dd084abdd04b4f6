import type { RootPatch, StoreConnector, WriteResult } from '#libs/connectors/store-connector.ts';
import { must } from '#libs/runtime/must.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { World } from './world.ts';

/** A while in which the target refuses every write of one root (`<root>:<sourceId>`). */
export type Refusal = { readonly root: string; readonly from: number; readonly until: number };

/** Refusals of the first product one after the other: some shorter than a ladder of retries, some longer. */
export function planRefusals(count: number, world: World, start: number, random: Random): readonly Refusal[] {
  const { id } = must(world.source.list('product')[0], 'a product to refuse');
  const refusals: Refusal[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const from = at + random() * 4_000;
    at = from + (random() < 0.5 ? random() * 4_000 : 7_000 + random() * 6_000);
    refusals.push({ root: `product:${id}`, from, until: at });
  }
  return refusals;
}

/** The target as it is while it refuses: it takes its time, answers, and nothing of the write takes effect; the others are written. */
export function withRefusals(
  target: StoreConnector,
  isRefused: (root: string) => boolean,
  answerSlowly: () => Promise<void>,
): StoreConnector {
  const refused = ({ root, sourceId }: RootPatch) => isRefused(`${root}:${sourceId}`);
  return {
    ...target,
    async write(patches, call) {
      if (!patches.some(refused)) return target.write(patches, call);
      if (!call.maySend()) return patches.map((): WriteResult => ({ outcome: 'not-sent' }));
      const verdicts = patches.map(refused);
      const [others] = await Promise.all([
        target.write(
          patches.filter((_, index) => verdicts[index] === false),
          call,
        ),
        answerSlowly(),
      ]);
      const rest = [...others];
      return verdicts.map((no): WriteResult =>
        no
          ? { outcome: 'failed', message: 'simulated: this one is refused' }
          : must(rest.shift(), 'an answer for each patch'),
      );
    },
  };
}
