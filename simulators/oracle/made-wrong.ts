import { booksOf, type Books, type ShopState } from './books.ts';
import { byId } from './words.ts';

/** Entities that the sync made (they carry a source id) and that are not what they were made from. */
export function findMadeWrong(source: ShopState, target: ShopState): readonly string[] {
  const [old, fresh] = [booksOf(source), booksOf(target)];
  return [
    ...wrongProducts(old, fresh),
    ...wrongOrders(old, fresh),
    ...wrongRefunds(old, fresh),
    ...wrongCustomers(old, fresh),
  ];
}

function wrongProducts(source: Books, target: Books): readonly string[] {
  const known = byId(source.products);
  return target.products.flatMap((made) => {
    if (made.mark === null) return [];
    const wanted = known.get(made.mark);
    if (wanted === undefined) return [`product ${made.title}: no product ${made.mark} at the old shop`];
    return [
      ...unlike(`product ${made.mark}`, 'title', wanted.title, made.title),
      ...unlike(`product ${made.mark}`, 'variants', wanted.variants, made.variants),
      ...unlike(`product ${made.mark}`, 'live', wanted.isLive, made.isLive),
    ];
  });
}

function wrongOrders(source: Books, target: Books): readonly string[] {
  const known = byId(source.orders);
  return target.orders.flatMap((made) => {
    const wanted = known.get(made.mark ?? '');
    if (made.origin !== 'api' || wanted === undefined) return [];
    const what = `order #${wanted.number}`;
    return [
      ...unlike(what, 'number', wanted.number, made.number),
      ...unlike(what, 'total', wanted.cents, made.cents),
      ...unlike(what, 'e-mail', wanted.email, made.email),
      ...unlike(what, 'lines', wanted.units, made.units),
      ...unlike(what, 'customer', wanted.hasCustomer, made.hasCustomer),
    ];
  });
}

/** Every refund that the sync recorded is one of the source's, to the cent. */
function wrongRefunds(source: Books, target: Books): readonly string[] {
  const known = byId(source.orders.flatMap(({ refunds }) => refunds));
  return target.orders.flatMap(({ number, carriedRefunds }) =>
    carriedRefunds.flatMap(({ id, cents }) =>
      unlike(`refund ${id} of #${number}`, 'cents', known.get(id)?.cents ?? null, cents),
    ),
  );
}

function wrongCustomers(source: Books, target: Books): readonly string[] {
  const known = byId(source.customers);
  return target.customers.flatMap((made) => {
    const wanted = known.get(made.mark ?? '');
    if (made.mark === null || wanted === undefined) return [];
    return [
      ...unlike(`customer ${made.mark}`, 'e-mail', wanted.email, made.email),
      ...unlike(`customer ${made.mark}`, 'last name', wanted.lastName, made.lastName),
    ];
  });
}

function unlike(what: string, field: string, wanted: unknown, present: unknown): readonly string[] {
  return wanted === present ? [] : [`${what} ${field}: old ${JSON.stringify(wanted)}, new ${JSON.stringify(present)}`];
}
