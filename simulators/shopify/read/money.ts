import { toDecimal, toUnits } from '../decimals.ts';
import type { TaxLine } from '../records.ts';

export type MoneyValue = { readonly amount: string; readonly currencyCode: string };

export function money(amount: string | number, currencyCode: string): MoneyValue {
  return { amount: toDecimal(toUnits(amount)), currencyCode };
}

/** The simulated store sells in one currency: both halves of a bag are the same. */
export function bag(
  amount: string | number,
  currencyCode: string,
): { readonly shopMoney: MoneyValue; readonly presentmentMoney: MoneyValue } {
  const value = money(amount, currencyCode);
  return { shopMoney: value, presentmentMoney: value };
}

export function taxLines(lines: readonly TaxLine[], currencyCode: string): readonly unknown[] {
  return lines.map(({ title, rate, amount }) => ({ title, rate, priceSet: bag(amount, currencyCode) }));
}
