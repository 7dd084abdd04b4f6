export type Act = 'stock' | 'price' | 'status' | 'tracking' | 'refund' | 'order' | 'customer' | 'product';

/** Products, orders and customers, by the shop's own ids. */
export type RootId = number | string;

/** What those who work in the shop keep in mind. */
export type Floor = {
  readonly random: () => number;
  readonly rested: (id: RootId) => boolean;
  readonly touch: (...ids: readonly RootId[]) => void;
  /**
   * Products and customers that are new today. Nobody orders them yet: an order brings along what it needs, even where the webhook
   * of that was lost, and then the comparison would find less than was lost.
   */
  readonly fresh: Set<RootId>;
  /** How many people and products were new today. */
  serial: number;
};

/** One change of a kind, if the shop has anything to change; says whether it had. */
export type Acts = Readonly<Record<Act, () => boolean>>;

export function welcome({ touch, fresh }: Floor, id: RootId): true {
  touch(id);
  fresh.add(id);
  return true;
}

/** Changes one of those whose root has had its rest. */
export function onSome<T>(
  { rested, touch, random }: Floor,
  all: readonly T[],
  { rootOf, act }: { readonly rootOf: (one: T) => RootId; readonly act: (one: T) => unknown },
): boolean {
  const free = all.filter((one) => rested(rootOf(one)));
  const one = free[Math.floor(random() * free.length)];
  if (one === undefined) return false;
  touch(rootOf(one));
  act(one);
  return true;
}

/** Mostly sold, sometimes sold out, sometimes delivered to the shop. */
export function nextQuantity(present: number, random: () => number): number {
  const drawn = random();
  if (drawn < 0.05) return present === 0 ? 12 : 0;
  if (present < 3 || drawn < 0.25) return present + 10 + Math.floor(random() * 20);
  return present - 1 - Math.floor(random() * Math.min(2, present - 1));
}
