import type { News } from '#libs/event-log/news.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { Profile } from './profile.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { trade, type World } from './world.ts';

export type Trading = {
  readonly profile: Profile;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly world: World;
  readonly say: (text: string) => void;
  readonly publish: (news: News) => void;
};

function webhookDelays(random: Random): readonly number[] {
  const first = random() < 0.7 ? random() * 300 : random() * 15_000;
  return random() < 0.25 ? [first, random() * 20_000] : [first];
}

/** Trades, and the webhooks of them: late, doubled, out of order. Returns when the last of it happens. */
export function scheduleTrading({ profile, clock, random, world, say, publish }: Trading): number {
  let at = 500;
  let last = at;
  for (let index = 0; index < profile.changes; index++) {
    at += profile.hot === true || random() < 0.5 ? random() * (profile.hot === true ? 2_000 : 400) : random() * 6_000;
    const delays = profile.prompt === true ? [random() * 100] : webhookDelays(random);
    clock.after(at, () => {
      const news = trade(world, clock, random, profile.hot);
      say(`source: ${news.root} ${news.rootId}`);
      if (random() < (profile.missed ?? 0)) say('its webhook never comes');
      else for (const delay of delays) clock.after(delay, () => publish(news));
    });
    last = Math.max(last, at + Math.max(...delays));
    if (random() < 0.2) clock.after(at, () => retitle(world, random));
  }
  return clock.now() + last + 1;
}

function retitle({ target, titles }: World, random: Random): void {
  const [id] = [...titles.keys()].toSorted(() => random() - 0.5);
  const product = id === undefined ? undefined : target.get('product', id);
  if (id === undefined || product?.root !== 'product') return;
  const title = `People's title ${String(Math.floor(random() * 1000))}`;
  target.put({ ...product, product: { ...product.product, title } });
  titles.set(id, title);
}
