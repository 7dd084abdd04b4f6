import type { News } from '#libs/event-log/news.ts';
import { must } from '#libs/runtime/must.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import type { ClockMove, Ledger } from './ledger.ts';
import type { Profile } from './profile.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { trade, type World } from './world.ts';

export type Trading = {
  readonly profile: Profile;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly world: World;
  readonly ledger: Ledger;
  readonly approvedAt: number;
  readonly say: (text: string) => void;
  readonly publish: (news: News) => void;
};

function webhookDelays(random: Random): readonly number[] {
  const first = random() < 0.7 ? random() * 300 : random() * 15_000;
  return random() < 0.25 ? [first, random() * 20_000] : [first];
}

/** Trades, and the webhooks of them: late, doubled, out of order, lost. Returns when the last of it happens. */
export function scheduleTrading(trading: Trading): number {
  const { profile, clock, random, world } = trading;
  let at = 500;
  let last = at;
  for (let index = 0; index < profile.changes; index++) {
    const soonMs = profile.hot === true ? (profile.hotGapMs ?? 2_000) : 400;
    at += profile.hot === true || random() < 0.5 ? random() * soonMs : random() * 6_000;
    const delays = profile.prompt === true ? [random() * 100] : webhookDelays(random);
    clock.after(at, () => tradeOnce(trading, delays));
    last = Math.max(last, at + Math.max(...delays));
    if (random() < 0.2) clock.after(at, () => retitle(world, random));
    if (random() < (profile.edits ?? 0)) clock.after(at + random() * 5_000, () => edit(trading));
  }
  return clock.now() + last + 1;
}

function tradeOnce(
  { profile, clock, random, world, ledger, approvedAt, say, publish }: Trading,
  delays: readonly number[],
): void {
  const before = new Map([...world.source.roots].map(([key, { changedAt }]) => [key, changedAt]));
  const news = trade(world, clock, random, profile.hot);
  const root = `${news.root}:${news.rootId}`;
  const changeAt = clock.now();
  const changedAt = world.source.roots.get(root)?.changedAt ?? null;
  const move = moveOf(changedAt, before.get(root) ?? null, changeAt, approvedAt);
  ledger.changed(root, move);
  say(`source: ${root}${move === 'still' ? ', and its clock stands still' : ''}`);
  if (random() < (profile.missed ?? 0)) {
    say('its webhook never comes');
    return;
  }
  for (const delay of delays)
    clock.after(delay, () => {
      ledger.accept(root, changeAt);
      publish({ ...news, receivedAt: clock.now() });
    });
}

// A clock whose grain is a second does not tell that it moved since, neither from the change before nor from the approval.
function moveOf(changedAt: string | null, before: string | null, changeAt: number, approvedAt: number): ClockMove {
  if (changedAt === null || Date.parse(changedAt) < Math.floor(changeAt / 1_000) * 1_000) return 'still';
  return changedAt === before || Date.parse(changedAt) <= approvedAt ? 'again' : 'moved';
}

/** A person changes a selected field of the target. */
function edit({ world: { source, target }, random, ledger, say }: Trading): void {
  const products = source.list('product') as readonly StoredProduct[];
  const { id, variants } = must(products[Math.floor(random() * products.length)], 'a product to edit');
  const sku = variants[0]?.variant.sku;
  const copy = (target.list('product') as readonly StoredProduct[]).find((one) => one.variants[0]?.variant.sku === sku);
  if (copy === undefined) return;
  const quantity = 100 + Math.floor(random() * 50);
  say(`a person edits ${copy.id}, the counterpart of product:${id}`);
  target.put({ ...copy, variants: copy.variants.map((one) => ({ ...one, variant: { ...one.variant, quantity } })) });
  ledger.edited(`product:${id}`);
}

function retitle({ target, titles }: World, random: Random): void {
  const [id] = [...titles.keys()].toSorted(() => random() - 0.5);
  const product = id === undefined ? undefined : target.get('product', id);
  if (id === undefined || product?.root !== 'product') return;
  const title = `People's title ${String(Math.floor(random() * 1000))}`;
  target.put({ ...product, product: { ...product.product, title } });
  titles.set(id, title);
}
