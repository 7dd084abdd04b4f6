import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { addMoney, formatMoney, minorDigits, parseMoney } from '#libs/model/money.ts';

const currencyArb = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'SEK');

describe('parseMoney()', () => {
  test.each([
    ['19.90', 'EUR', 1990],
    ['19.9', 'EUR', 1990],
    ['19', 'EUR', 1900],
    ['.5', 'EUR', 50],
    ['5.', 'EUR', 500],
    [' 7.00 ', 'EUR', 700],
    ['-7.01', 'EUR', -701],
    ['1990', 'JPY', 1990],
    ['1990.00', 'JPY', 1990],
    ['1.234', 'KWD', 1234],
    ['0.005', 'EUR', 1],
    ['-0.005', 'EUR', -1],
    ['0.0049999', 'EUR', 0],
    ['1.49', 'JPY', 1],
    ['1.5', 'JPY', 2],
    ['00012.30', 'EUR', 1230],
  ])('reads "%s" %s', (text, currency, amountMinor) => {
    expect(parseMoney(text, currency)).toEqual({ amountMinor, currency });
  });

  test.each([
    '',
    ' ',
    '.',
    '-',
    '1,50',
    '1e3',
    'NaN',
    '0x10',
    '1.2.3',
    '12 34',
    '--1',
    null,
    undefined,
    '99999999999999999999',
  ])('guesses nothing for %j', (text) => {
    expect(parseMoney(text, 'EUR')).toBeNull();
  });

  test('has no negative zero', () => {
    expect(Object.is(parseMoney('-0.00', 'EUR')?.amountMinor, 0)).toBe(true);
  });

  test('reads back what formatMoney() writes, to the last unit', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), currencyArb, (amount, currency) => {
        const money = { amountMinor: amount === 0 ? 0 : amount, currency };
        expect(parseMoney(formatMoney(money), currency)).toEqual(money);
      }),
    );
  });

  test('is off by half a unit at most, whatever the decimals', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.stringMatching(/^\d{1,6}$/),
        currencyArb,
        (whole, fraction, currency) => {
          const parsed = parseMoney(`${String(whole)}.${fraction}`, currency);
          const exact = Number(`${String(whole)}.${fraction}`) * 10 ** minorDigits(currency);
          expect(Math.abs((parsed?.amountMinor ?? Infinity) - exact)).toBeLessThanOrEqual(0.5 + 1e-6);
        },
      ),
    );
  });
});

describe('formatMoney()', () => {
  test.each([
    [1990, 'EUR', '19.90'],
    [5, 'EUR', '0.05'],
    [0, 'EUR', '0.00'],
    [-5, 'EUR', '-0.05'],
    [1990, 'JPY', '1990'],
    [1234, 'KWD', '1.234'],
  ])('writes %i %s as "%s"', (amountMinor, currency, text) => {
    expect(formatMoney({ amountMinor, currency })).toBe(text);
  });
});

test('addMoney() adds minor units', () => {
  expect(addMoney('EUR', { amountMinor: 10, currency: 'EUR' }, { amountMinor: 20, currency: 'EUR' })).toEqual({
    amountMinor: 30,
    currency: 'EUR',
  });
  expect(addMoney('EUR')).toEqual({ amountMinor: 0, currency: 'EUR' });
});
