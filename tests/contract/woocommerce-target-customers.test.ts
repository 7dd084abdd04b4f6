import { describe, expect, test } from 'vitest';

import type { Customer } from '#libs/model/customer.ts';
import { create, made, openTarget, patchOf, READ, write, WRITE } from './woocommerce-target-harness.ts';

const BLANK = { company: '', address2: '', region: '', phone: '' };
const BONN = {
  ...BLANK,
  firstName: 'Ada',
  lastName: 'L',
  address1: 'Weg 1',
  city: 'Bonn',
  postcode: '53111',
  country: 'DE',
};
const ULM = { ...BONN, address1: 'Gasse 2', city: 'Ulm', postcode: '89073' };

function draft(change: Partial<Customer> = {}, sourceId = '7') {
  const customer: Customer = {
    email: 'ada@example.com',
    name: { first: 'Ada', last: 'Ł & L' },
    phone: '030 1',
    addresses: [{ ...BONN, phone: '030 1' }, ULM],
    marketingConsent: null,
    ...change,
  };
  return { root: 'customer' as const, sourceId, customer };
}

describe('the WooCommerce connector and customers', () => {
  test('makes one whole, with its mark, and mails nobody', async () => {
    const target = await openTarget();

    const result = await create(target, draft());

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: { sourceId: '7', customer: draft().customer },
    });
    expect(target.shop.ledger.effects).toEqual([]);
    const [found] = await target.connect().findBySourceId('customer', ['7'], READ);
    expect(found).toMatchObject({ sourceId: '7' });
  });

  test('an address that somebody has already is a look-up result, staff or not', async () => {
    const target = await openTarget();
    await made(target, draft());

    expect(await create(target, draft({ email: 'ADA@example.com' }, '8'))).toMatchObject({ outcome: 'taken' });
  });

  test('two with one address in one call are one', async () => {
    const target = await openTarget({ writeMs: 5 });

    const results = await target.connector.create([draft(), draft({}, '8')], WRITE);

    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'taken']);
    expect(target.shop.state().customers).toHaveLength(1);
  });

  test.each(['row', 'data'] as const)(
    'one whose making was cut short after %s is found by its address',
    async (after) => {
      const target = await openTarget();
      target.shop.phpFaults.plant({ match: /customers/, effect: { type: 'killed', after }, times: 1 });

      expect(await create(target, draft())).toMatchObject({ outcome: 'unknown' });

      const [[found] = []] = await target.connector.findByKey('email', ['ada@example.com'], READ);
      expect(found).toMatchObject({ root: 'customer', customer: { email: 'ada@example.com' } });
    },
  );

  test('writes name, phone and addresses, and takes them away again', async () => {
    const target = await openTarget();
    const customer = await made(target, draft());
    const values = { name: { first: 'Grace', last: 'H' }, phone: null, addresses: [{ ...ULM, phone: '' }] };

    const [result] = await write(target, patchOf(customer, { customer: values }));

    expect(result).toEqual({ outcome: 'stored', stored: { [customer.id]: values } });
    expect(target.shop.ledger.effects).toEqual([]);
  });

  test('a field that is not named stays as it is', async () => {
    const target = await openTarget();
    const customer = await made(target, draft());

    await write(target, patchOf(customer, { customer: { name: { first: 'Grace', last: 'H' } } }));

    const after = await target.read('customer', customer.id);
    expect(after).toMatchObject({ customer: { ...draft().customer, name: { first: 'Grace', last: 'H' } } });
  });

  test('without an e-mail address there is no customer', async () => {
    const target = await openTarget();

    expect(await create(target, draft({ email: null }))).toMatchObject({ outcome: 'refused' });
    expect(target.writes()).toEqual([]);
  });
});
