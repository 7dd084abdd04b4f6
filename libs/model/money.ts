import { z } from 'zod';

/** An amount in the currency's smallest unit; decimals are never floats. */
export const moneySchema = z.strictObject({
  amountMinor: z.int().describe('Integer minor units: 1990 is 19.90 EUR'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .describe('ISO 4217 code'),
});
export type Money = z.infer<typeof moneySchema>;

// ISO 4217: currencies whose minor unit is not a hundredth.
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/**
 * Reads a decimal string such as `"19.9"` or `"-0.005"`. Digits beyond the minor unit are rounded half away from zero.
 * Null for an empty string or for anything that is not a plain decimal (never guessed).
 */
export function parseMoney(decimal: string | null | undefined, currency: string): Money | null {
  const match = /^\s*(-?)(\d*)(?:\.(\d*))?\s*$/.exec(decimal ?? '');
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return null;
  const digits = minorDigits(currency);
  const fraction = (match[3] ?? '').padEnd(digits + 1, '0');
  const minor =
    BigInt(`${match[2] === '' ? '0' : match[2]}${fraction.slice(0, digits)}`) +
    (fraction.charAt(digits) >= '5' ? 1n : 0n);
  const signed = Number(match[1] === '-' ? -minor : minor);
  return Number.isSafeInteger(signed) ? { amountMinor: signed === 0 ? 0 : signed, currency } : null;
}

/** The decimal string of an amount, padded to the currency's minor unit: `"19.90"`. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function addMoney(currency: string, ...amounts: readonly Money[]): Money {
  return { amountMinor: amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0), currency };
}
