/** Money as whole ten-thousandths, so that sums are exact. */
const SCALE = 10_000;

export function toUnits(amount: string | number): number {
  const units = Math.round(Number(amount) * SCALE);
  if (!Number.isFinite(units)) throw new Error(`Cannot read the amount "${String(amount)}": not a number`);
  return units;
}

/** As the Decimal scalar is answered: un-padded, but never without a decimal ("42.5", "0.0"). */
export function toDecimal(units: number): string {
  const text = String(units / SCALE);
  return text.includes('.') ? text : `${text}.0`;
}

/** As the Money scalar of variants is answered: two decimals. */
export function toPrice(amount: string | number): string {
  return (toUnits(amount) / SCALE).toFixed(2);
}

export function sum(amounts: readonly (string | number)[]): number {
  return amounts.reduce<number>((total, amount) => total + toUnits(amount), 0);
}
