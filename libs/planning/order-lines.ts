import type { ShippedUnits } from '#libs/connectors/store-connector.ts';
import type { Order, OrderLine } from '#libs/model/order.ts';

export type PartPlan =
  | { readonly kind: 'units'; readonly units: readonly ShippedUnits[] }
  | { readonly kind: 'impossible'; readonly reason: string };

/** The target's variant of one of the source's; undefined where it has no link. */
export type VariantLinks = (sourceVariantId: string) => string | undefined;

type Lines = Pick<Order, 'lines'>;

/**
 * How far the target's lines are to be shipped where more has left at the source. A line is known again by its variant, its
 * SKU or its title, and by its quantity; where several are alike, the first of the source is the first of the target. Nothing is
 * guessed: what cannot be told, and what went further at the target, is impossible.
 */
export function lackingUnits(source: Lines, present: Lines, variantOf: VariantLinks): PartPlan {
  const left = [...present.lines];
  const units: ShippedUnits[] = [];
  for (const line of source.lines) {
    const at = left.findIndex((other) => isSameLine(line, other, variantOf));
    const there = at < 0 ? undefined : left.splice(at, 1)[0];
    const shipped = line.requiresShipping ? (line.shipped ?? 0) : 0;
    if (shipped === 0 && (there?.shipped ?? 0) === 0) continue;
    if (there === undefined) return impossible(`the target has no counterpart of the shipped line "${line.title}"`);
    const before = there.shipped ?? 0;
    if (shipped < before)
      return impossible(`more of "${line.title}" was shipped at the target, and a shipment is not taken back`);
    if (shipped > before) units.push({ lineId: there.id, shipped });
  }
  return { kind: 'units', units };
}

function isSameLine(line: OrderLine, other: OrderLine, variantOf: VariantLinks): boolean {
  if (line.quantity !== other.quantity) return false;
  const linked = line.variantId === null ? undefined : variantOf(line.variantId);
  if (linked !== undefined && other.variantId !== null) return linked === other.variantId;
  return line.sku !== null && other.sku !== null ? line.sku === other.sku : line.title === other.title;
}

function impossible(reason: string): PartPlan {
  return { kind: 'impossible', reason };
}
