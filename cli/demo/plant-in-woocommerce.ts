import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { KEYS } from './demo-shops.ts';
import type { Plantable } from './plant-fault.ts';

type Shop = { readonly url: string; readonly target: Pick<WooCommerceSimulator, 'state'> };

/** Makes the mistake by the REST API. */
export async function plantInWooCommerce(fault: Plantable, { url, target }: Shop): Promise<void> {
  const { products, orders } = target.state();
  const product = products.find(
    ({ type, status, manage_stock, stock_quantity }) =>
      type === 'simple' && status === 'publish' && manage_stock && (stock_quantity ?? 0) > 3,
  );
  const order = orders.find(({ status }) => status === 'completed');
  const line_items = [{ product_id: product?.id, quantity: 1 }];
  switch (fault) {
    case 'lost-write':
      return call(url, 'PUT', `products/${String(product?.id)}`, {
        stock_quantity: (product?.stock_quantity ?? 0) + 1,
      });
    case 'doubled-order':
      return call(url, 'POST', 'orders', { status: 'pending', fee_lines: [{ name: 'Again', total: '1.00' }] });
    case 'stock-movement':
      return call(url, 'POST', 'orders', { status: 'processing', line_items });
    case 'unselected-field':
      return call(url, 'PUT', `products/${String(product?.id)}`, { name: 'Overwritten' });
    case 'mail':
      // A note for the customer is mailed, unless just that was switched off.
      await call(url, 'PUT', 'settings/email_customer_note/enabled', { value: 'yes' });
      return call(url, 'POST', `orders/${String(order?.id)}/notes`, { note: 'Again', customer_note: true });
  }
}

async function call(url: string, method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
  const key = Buffer.from(`${KEYS.consumerKey}:${KEYS.consumerSecret}`).toString('base64');
  const response = await fetch(`${url}/wp-json/wc/v3/${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Basic ${key}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Cannot plant a fault: ${await response.text()}`);
}
