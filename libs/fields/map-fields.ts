import { afterRefunds } from '#libs/model/order-refunds.ts';
import { afterShipping } from '#libs/model/order-shipping.ts';
import type { Order, OrderState, OrderStatus, Parcel } from '#libs/model/order.ts';
import type { StockStatus, Variant } from '#libs/model/product.ts';
import type { EntityKind } from '#libs/model/stored.ts';
import type { FieldMaps, StatusTarget, Transform } from './field-maps.ts';
import { fieldName, type FieldValues } from './field-names.ts';

/** Source values as the target should have them, and the fields that no map covers. */
export type Mapped = {
  readonly wanted: FieldValues;
  /** Field → why it is withheld (`unmapped-value`); such a field is never guessed. */
  readonly unmapped: Readonly<Record<string, string>>;
  /** Fields for which the map says that nothing is to be done now. */
  readonly ignored: readonly string[];
};

export function mapFields(
  entity: EntityKind,
  values: FieldValues,
  selected: readonly string[],
  maps: FieldMaps,
): Mapped {
  const wanted: Record<string, unknown> = {};
  const unmapped: Record<string, string> = {};
  const ignored: string[] = [];
  for (const field of selected) {
    const value = values[field];
    if (value === undefined) continue;
    if (entity === 'order' && field === 'status') {
      const status = mapStatus(value as OrderStatus, maps.orderStatus, values);
      if (status === 'ignore') ignored.push(field);
      else if (status === null) unmapped[field] = `status "${(value as OrderStatus).word}" has no mapping`;
      else wanted[field] = status;
    } else if (entity === 'order' && field === 'tracking') {
      wanted[field] = (value as readonly Parcel[]).map((parcel) => renameCarrier(parcel, maps.carriers));
    } else if (entity === 'variant' && field === 'stockStatus') {
      const status = mapStockStatus(values as StockSaid, maps.stockStatus);
      if (status === null) unmapped[field] = unknownStockWord(values as StockSaid);
      else wanted[field] = status;
    } else if (entity === 'order' && field === 'history' && value === null) {
      continue; // it was not read
    } else {
      wanted[field] = transform(value, maps.transforms[fieldName(entity, field)]);
    }
  }
  if (entity === 'variant' && 'stockStatus' in unmapped) withholdUncounted(values, { wanted, unmapped });
  return { wanted, unmapped, ignored };
}

type StockSaid = Pick<Variant, 'stockStatus' | 'stockWord'>;

/** What a variant's stock status means: the platform's own words do, a plugin's only where the config says so; null where nothing does. */
export function mapStockStatus(
  { stockStatus, stockWord }: StockSaid,
  map: FieldMaps['stockStatus'] = {},
): StockStatus | null {
  if (stockWord === undefined) return stockStatus;
  return Object.hasOwn(map, stockWord) ? (map[stockWord] ?? null) : null;
}

export function unknownStockWord({ stockWord }: StockSaid): string {
  return `stock status "${stockWord ?? ''}" has no mapping`;
}

/** Of what is not counted, the status alone says whether it is sold: without it, "not counted" would offer it without end. */
function withholdUncounted(
  values: FieldValues,
  { wanted, unmapped }: { readonly wanted: Record<string, unknown>; readonly unmapped: Record<string, string> },
): void {
  if (values['tracked'] !== false) return;
  for (const field of ['quantity', 'tracked'])
    if (field in wanted) {
      delete wanted[field];
      unmapped[field] = `it is not counted, and its ${unknownStockWord(values as StockSaid)}`;
    }
}

/**
 * The state a source's status means: the config's map first, then what the platform itself says; null where neither knows it.
 * The map speaks of words, and neither refunds nor shipments of a part change one: they are counted afterwards.
 */
export function mapStatus(
  status: OrderStatus,
  map: Readonly<Record<string, StatusTarget>>,
  order: Partial<Pick<Order, 'refunds' | 'total' | 'lines'>>,
): OrderStatus | 'ignore' | null {
  const target = Object.hasOwn(map, status.word) ? map[status.word] : undefined;
  if (target === 'ignore') return 'ignore';
  if (target === undefined && status.state === null) return null;
  const base: OrderState = { payment: 'pending', fulfilment: 'open', cancelled: false, onHold: false };
  const { refunds, total, lines } = order;
  const said = { ...base, ...status.state, ...target };
  const state = lines === undefined ? said : afterShipping(said, { lines });
  return {
    word: status.word,
    state: refunds === undefined || total === undefined ? state : afterRefunds(state, { refunds, total }),
  };
}

/** Applies number transforms in the order they are written; null (untracked, unknown) only takes `default`. */
export function transform(value: unknown, steps: Transform | undefined): unknown {
  if (steps === undefined) return value;
  if (value === null) return steps.default ?? null;
  if (typeof value === 'number') return transformNumber(value, steps);
  if (typeof value === 'object' && 'amountMinor' in value && typeof value.amountMinor === 'number')
    return { ...value, amountMinor: Math.round(transformNumber(value.amountMinor, steps)) };
  return value;
}

function transformNumber(value: number, steps: Transform): number {
  let result = value;
  for (const [step, operand] of Object.entries(steps) as [keyof Transform, number][]) {
    if (step === 'add') result += operand;
    else if (step === 'subtract') result -= operand;
    else if (step === 'multiply') result *= operand;
    else if (step === 'round') result = Math.round(result / 10 ** -operand) * 10 ** -operand;
    else if (step === 'min') result = Math.max(result, operand);
  }
  return result;
}

function renameCarrier(parcel: Parcel, carriers: FieldMaps['carriers']): Parcel {
  const carrier = parcel.carrier === null ? null : (carriers[parcel.carrier] ?? parcel.carrier);
  return { ...parcel, carrier };
}
