import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';

import { customerSchema } from '#libs/model/customer.ts';
import { orderSchema } from '#libs/model/order.ts';
import { productSchema, variantSchema } from '#libs/model/product.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import { toStoredOrder } from '#libs/connectors/woocommerce/woocommerce-mapping-order.ts';
import { toStoredCustomer, toStoredProduct } from '#libs/connectors/woocommerce/woocommerce-mapping.ts';
import { readRow } from '#libs/connectors/woocommerce/woocommerce-rows.ts';
import {
  customerWireSchema,
  noteWireSchema,
  orderWireSchema,
  productWireSchema,
  refundWireSchema,
  variationWireSchema,
} from '#libs/connectors/woocommerce/woocommerce-wire.ts';
import { recordedBody } from '../unit/woocommerce/recordings.ts';

const units = { currency: 'EUR', weightUnit: 'kg' };

/** What PHP, plugins and imports have been seen to put where something else belongs. */
const odd = fc.oneof(
  fc.constantFrom(null, undefined, false, true, '', ' ', '0', 0, -1, 1.5, [], {}, 'N/A', '1,234.50', '19,90', '1e3'),
  fc.constantFrom('0000-00-00 00:00:00', '2026-02-31T00:00:00', '2026-11-23T02:27:46+01:00', 2 ** 60, '9'.repeat(30)),
  fc.constantFrom('&amp;amp; &#8222;x&#8220; 🎁', '\u0000', '__proto__', { '1': { id: 1 }, '3': null }, [null], [[]]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A recorded entity in which some values, however deep, are odd ones or gone. */
function bent(recording: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(recording);
  return fc
    .array(fc.record({ path: fc.constantFrom(...paths), value: odd }), { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((body, { path, value }) => withValue(body, path, value), structuredClone(recording)),
    );
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, before: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [before];
  const inner = Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...before, key]));
  return before.length === 0 ? inner : [before, ...inner];
}

function withValue(value: unknown, [key, ...rest]: Path, next: unknown): unknown {
  if (key === undefined) return next;
  if (typeof value !== 'object' || value === null) return value;
  // An earlier change put a list where a row was, and a size of the row is called `length`.
  if (Array.isArray(value) && typeof key === 'string') return value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, next);
  return copy;
}

/** As text, where it is a number or a text; an odd one may be anything, and not even have a text. */
function idOf(body: unknown): string | null {
  const id: unknown = Object(body).id;
  return typeof id === 'number' || typeof id === 'string' ? String(id) : null;
}

/** Runs the mapping; what it cannot read must be an error that parks this entity and no other. */
function readOrRefused<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    expect(isSyncError(error) && error.code).toBe('STORE_REFUSED');
    return null;
  }
}

function law<T>(recording: string, schema: z.ZodType<T>, check: (wire: T, body: Record<string, unknown>) => void) {
  const recorded = recordedBody(recording);
  const ownId = idOf(recorded);
  fc.assert(
    fc.property(bent(recorded), (body) => {
      const row = readRow(schema, 'order', body);
      // Only an entity that has lost its id is not the shop's.
      if (row === null) expect(idOf(body)).not.toBe(ownId);
      else if (!('root' in row)) check(row.wire, body as Record<string, unknown>);
    }),
    { numRuns: 400 },
  );
}

describe('whatever a plugin does to an entity, it is read into the canonical shape or refused', () => {
  test.each(['rest/order', 'rest/order-refunded', 'rest/order-put-tracking-meta', 'rest/order-with-coupon'])(
    '%s',
    (recording) => {
      law(recording, orderWireSchema, (wire) => {
        const stored = readOrRefused(() => toStoredOrder(wire, { refunds: [], notes: null }));
        if (stored !== null) orderSchema.parse(stored.order);
      });
    },
  );

  test.each(['rest/product-simple', 'rest/product-variable', 'rest/product-simple-unicode', 'rest/product-draft'])(
    '%s',
    (recording) => {
      law(recording, productWireSchema, (wire) => {
        const { product, variants } = toStoredProduct(wire, [], units);
        productSchema.parse(product);
        for (const { variant } of variants) variantSchema.parse(variant);
      });
    },
  );

  test('rest/product-variation', () => {
    const parent = productWireSchema.parse(recordedBody('rest/product-variable'));
    law('rest/product-variation', variationWireSchema, (wire) => {
      for (const { variant } of toStoredProduct(parent, [wire], units).variants) variantSchema.parse(variant);
    });
  });

  test('rest/customer', () => {
    law('rest/customer', customerWireSchema, (wire) => {
      customerSchema.parse(toStoredCustomer(wire).customer);
    });
  });

  test('refunds and notes', () => {
    const order = orderWireSchema.parse(recordedBody('rest/order-refunded'));
    const [refund] = recordedBody('rest/order-refunds') as unknown[];
    const [note] = recordedBody('rest/order-notes') as unknown[];
    fc.assert(
      fc.property(bent(refund), bent(note), (oddRefund, oddNote) => {
        const refunds = refundWireSchema.array().safeParse([oddRefund]).data ?? [];
        const notes = noteWireSchema.array().safeParse([oddNote]).data ?? [];
        const stored = readOrRefused(() => toStoredOrder(order, { refunds, notes }));
        if (stored !== null) orderSchema.parse(stored.order);
      }),
      { numRuns: 300 },
    );
  });
});

describe('no number is ever made up', () => {
  test('an order’s amounts are the ones that were said, or the order is refused', () => {
    const recorded = Object(recordedBody('rest/order')) as Record<string, unknown>;
    fc.assert(
      fc.property(odd, (total) => {
        const row = readRow(orderWireSchema, 'order', { ...recorded, total });
        if (row === null || 'root' in row) return;
        const stored = readOrRefused(() => toStoredOrder(row.wire, { refunds: [], notes: null }));
        // To the half cent that is rounded away.
        if (stored !== null) expect(Math.abs(stored.order.total.amountMinor - Number(total) * 100)).toBeLessThan(0.51);
      }),
    );
  });

  test('a counted number is the one that was said, or nothing at all', () => {
    const recorded = Object(recordedBody('rest/product-simple')) as Record<string, unknown>;
    fc.assert(
      fc.property(odd, (said) => {
        const row = readRow(productWireSchema, 'product', { ...recorded, manage_stock: true, stock_quantity: said });
        if (row === null || 'root' in row) return;
        const quantity = toStoredProduct(row.wire, [], units).variants[0]?.variant.quantity;
        // WooCommerce itself counts from nothing as from zero.
        const nothing = said === null || said === false || (typeof said === 'string' && said.trim() === '');
        expect(quantity).toBe(nothing ? 0 : Math.floor(Number(said)));
      }),
    );
  });

  test('a price that cannot be read is not replaced by another', () => {
    const recorded = Object(recordedBody('rest/product-simple')) as Record<string, unknown>;
    const wire = productWireSchema.parse({ ...recorded, price: '19,90', regular_price: '25.00' });

    expect(toStoredProduct(wire, [], units).variants[0]?.variant.price).toBeNull();
  });
});
