import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import type { WebhookRead } from '#libs/connectors/store-connector.ts';
import { openShop, reading, seedProducts, write } from './woocommerce-connector-harness.ts';
import type { OpenShop } from './woocommerce-connector-harness.ts';

const selection = new Set(['product.title', 'variant.quantity', 'order.status', 'customer.email'] as const);
const fields = reading(...selection);

/** The shop's webhooks, all topics, as they are read where they arrive. */
async function listen({ connector, shop }: OpenShop) {
  const arrived: WebhookRead[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = request.headers as Readonly<Record<string, string>>;
      arrived.push(woocommerce.readWebhook({ headers, body: Buffer.concat(chunks) }, ['letters']));
      response.end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const topic of connector.topicsFor(selection, []))
    await connector.createSubscription({ topic, url, secret: 'letters' }, write);
  return {
    /** What arrived of what was done. */
    async of(act: () => unknown): Promise<readonly WebhookRead[]> {
      await shop.deliverDue();
      arrived.length = 0;
      act();
      await shop.deliverDue();
      return arrived.filter(({ kind }) => kind !== 'ping');
    },
  };
}

const isThere = async ({ connector }: OpenShop, root: 'product' | 'order' | 'customer', id: string) =>
  (await connector.readRoots(root, [{ id }], fields))[0] !== null;

describe('what is gone from a WooCommerce shop, and what comes back', () => {
  test('a product in the trash is gone, and is the same one when it is restored', async () => {
    const open = await openShop();
    const [id = ''] = seedProducts(open, 1);
    const webhooks = await listen(open);
    const [before] = await open.connector.readRoots('product', [{ id }], fields);

    const gone = await webhooks.of(() => open.shop.people.trashProduct(Number(id)));
    expect(gone).toMatchObject([{ kind: 'news', topic: 'product.deleted', root: 'product', rootId: id }]);
    expect(await isThere(open, 'product', id)).toBe(false);

    const back = await webhooks.of(() => open.shop.people.restoreProduct(Number(id)));
    expect(back).toContainEqual(expect.objectContaining({ kind: 'news', topic: 'product.restored', rootId: id }));
    const [after] = await open.connector.readRoots('product', [{ id }], fields);
    expect(after).toMatchObject({ id, createdAt: before?.createdAt });
  });

  test('an order likewise', async () => {
    const open = await openShop();
    const [productId = ''] = seedProducts(open, 1);
    const webhooks = await listen(open);
    const order = open.shop.people.placeOrder({ line_items: [{ product_id: Number(productId), quantity: 1 }] });
    const id = String(order.id);

    const gone = await webhooks.of(() => open.shop.people.trashOrder(order.id));
    expect(gone).toContainEqual(expect.objectContaining({ topic: 'order.deleted', root: 'order', rootId: id }));
    expect(await isThere(open, 'order', id)).toBe(false);

    const back = await webhooks.of(() => open.shop.people.restoreOrder(order.id));
    expect(back).toContainEqual(expect.objectContaining({ topic: 'order.restored', root: 'order', rootId: id }));
    expect(await isThere(open, 'order', id)).toBe(true);
  });

  test('what was deleted for good tells nobody of it: it is found missing by its id, and in no walk', async () => {
    const open = await openShop();
    const [id = '', other = ''] = seedProducts(open, 2);
    const webhooks = await listen(open);

    expect(await webhooks.of(() => open.shop.people.deleteProduct(Number(id)))).toEqual([]);

    expect(await isThere(open, 'product', id)).toBe(false);
    expect(await isThere(open, 'product', other)).toBe(true);
    expect(await open.connector.count('product', fields)).toBe(1);
  });

  test('a customer who is deleted is gone', async () => {
    const open = await openShop();
    const webhooks = await listen(open);
    const { id } = open.shop.people.createCustomer({ email: 'anna@example.com' });

    const gone = await webhooks.of(() => open.shop.people.deleteCustomer(id));

    expect(gone).toContainEqual(expect.objectContaining({ topic: 'customer.deleted', rootId: String(id) }));
    expect(await isThere(open, 'customer', String(id))).toBe(false);
  });

  test('a page in the trash is announced as a product that was deleted: asked by that id there is none, and all others are there', async () => {
    const open = await openShop();
    const ids = seedProducts(open, 2);
    const webhooks = await listen(open);
    let page = 0;

    const told = await webhooks.of(() => (page = open.shop.people.trashPage()));

    expect(told).toMatchObject([{ topic: 'product.deleted', rootId: String(page) }]);
    expect(await isThere(open, 'product', String(page))).toBe(false);
    for (const id of ids) expect(await isThere(open, 'product', id)).toBe(true);
  });

  test('a variation that is deleted is news of its product, which no longer has it', async () => {
    const open = await openShop();
    const webhooks = await listen(open);
    const { product, variations } = open.shop.people.createVariableProduct(
      { name: 'Glove', attributes: [{ name: 'Size', options: ['S', 'M'], variation: true }] },
      ['S', 'M'].map((size) => ({ options: { Size: size }, regular_price: '9.00' })),
    );
    const id = String(product.id);

    await webhooks.of(() => open.shop.people.trashProduct(variations[0]?.id ?? 0));

    const [root] = await open.connector.readRoots('product', [{ id }], fields);
    expect(root).toMatchObject({ id, variants: [{ id: String(variations[1]?.id) }] });
  });

  test('an unpublished product is there, as a draft', async () => {
    const open = await openShop();
    const [id = ''] = seedProducts(open, 1);

    open.shop.people.editTexts(Number(id), { status: 'draft' });

    const [root] = await open.connector.readRoots('product', [{ id }], fields);
    expect(root).toMatchObject({ id, product: { status: 'draft' } });
  });

  test('a shop whose route is gone says nothing of its products', async () => {
    const open = await openShop();
    const [id = ''] = seedProducts(open, 1);
    const body = '{"code":"rest_no_route","message":"No route was found","data":{"status":404}}';
    open.shop.faults.plant({ kind: 'any', effect: { type: 'status', status: 404, body } });

    await expect(open.connector.readRoots('product', [{ id }], fields)).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
    });
  });
});
