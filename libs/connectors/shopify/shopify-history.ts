import { formatMoney, parseMoney } from '#libs/model/money.ts';
import type { HistoryEntry } from '#libs/model/order.ts';
import { fromGid, toUtc } from './shopify-ids.ts';
import type { OrderWire } from './shopify-wire.ts';

/**
 * What happened to an order, from what the order itself keeps: payments, shipments, refunds, its cancellation. Shopify's timeline, with
 * the comments of staff, is not told by the API that is used here. Each entry has the id of what it speaks of, so it is carried once.
 */
export function toEvents(wire: OrderWire): readonly HistoryEntry[] {
  return [...payments(wire), ...shipments(wire), ...moneyBack(wire), ...cancellation(wire)];
}

const PAYMENTS: Readonly<Record<string, string>> = {
  'AUTHORIZATION/SUCCESS': 'Authorised',
  'SALE/SUCCESS': 'Paid',
  'CAPTURE/SUCCESS': 'Paid',
  'VOID/SUCCESS': 'Authorisation given up',
  'AUTHORIZATION/FAILURE': 'Authorisation failed',
  'SALE/FAILURE': 'Payment failed',
  'CAPTURE/FAILURE': 'Payment failed',
};

function payments({ transactions, currencyCode }: OrderWire): readonly HistoryEntry[] {
  return (transactions ?? []).flatMap(({ id, kind, status, gateway, amountSet, processedAt, createdAt }) => {
    const word = PAYMENTS[`${kind}/${status}`];
    if (word === undefined || id === null || id === undefined) return [];
    const by = gateway === null || gateway === undefined || gateway === '' ? '' : ` (${gateway})`;
    return entry(
      `transaction-${fromGid(id)}`,
      processedAt ?? createdAt,
      `${word}${amountText(amountSet, currencyCode)}${by}`,
    );
  });
}

function shipments({ fulfillments }: OrderWire): readonly HistoryEntry[] {
  return (fulfillments ?? []).flatMap(({ id, name, status, createdAt, updatedAt, deliveredAt, trackingInfo }) => {
    if (status !== 'SUCCESS' && status !== 'CANCELLED') return [];
    const parcels = (trackingInfo ?? []).map(({ company, number }) => [company, number].filter(Boolean).join(' '));
    const named = parcels.filter((parcel) => parcel !== '').join(', ');
    const what = name ?? fromGid(id);
    const key = `fulfillment-${fromGid(id)}`;
    return [
      ...entry(key, createdAt, `Shipped ${what}${named === '' ? '' : `: ${named}`}`),
      ...(deliveredAt === null || deliveredAt === undefined
        ? []
        : entry(`${key}-delivered`, deliveredAt, `Delivered ${what}`)),
      ...(status === 'CANCELLED' ? entry(`${key}-cancelled`, updatedAt, `Shipment ${what} cancelled`) : []),
    ];
  });
}

function moneyBack({ refunds, currencyCode }: OrderWire): readonly HistoryEntry[] {
  return (refunds ?? []).flatMap(({ id, createdAt, processedAt, note, totalRefundedSet }) => {
    const why = note === null || note === undefined || note === '' ? '' : `: ${note}`;
    return entry(
      `refund-${fromGid(id)}`,
      processedAt ?? createdAt,
      `Refunded${amountText(totalRefundedSet, currencyCode)}${why}`,
    );
  });
}

function cancellation({ cancelledAt, cancelReason }: OrderWire): readonly HistoryEntry[] {
  const why = cancelReason === null || cancelReason === undefined ? '' : ` (${cancelReason.toLowerCase()})`;
  return entry('cancelled', cancelledAt, `Cancelled${why}`);
}

/** None where the shop does not say when it was. */
function entry(id: string, time: string | null | undefined, text: string): readonly HistoryEntry[] {
  const at = toUtc(time);
  return at === null ? [] : [{ id, at, text, forCustomer: false }];
}

function amountText(
  bag: { readonly shopMoney: { readonly amount: string } } | null | undefined,
  currency: string,
): string {
  const amount = parseMoney(bag?.shopMoney.amount, currency);
  return amount === null ? '' : ` ${formatMoney(amount)} ${currency}`;
}
