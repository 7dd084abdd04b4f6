import type { ShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import { KEYS } from './demo-shops.ts';
import type { Plantable } from './plant-fault.ts';

/** Makes the mistake by the Admin API. */
export async function plantInShopify(
  fault: Plantable,
  { url, target }: { readonly url: string; readonly target: Pick<ShopifySimulator, 'state' | 'locationIds'> },
): Promise<void> {
  const { products, orders } = target.state();
  const call = (query: string, variables: object): Promise<void> => callApi(url, query, variables);
  const variant = products
    .flatMap(({ variants }) => variants)
    .find(({ item, inventoryQuantity }) => item.tracked && inventoryQuantity > 3);
  const order = orders.find(({ cancelledAt, fulfillments }) => cancelledAt === null && fulfillments.length > 0);
  switch (fault) {
    case 'lost-write':
      return call(SET_QUANTITY, {
        input: {
          name: 'available',
          reason: 'correction',
          quantities: [
            {
              inventoryItemId: variant?.inventoryItemId,
              locationId: target.locationIds[0],
              quantity: (variant?.inventoryQuantity ?? 0) + 1,
              changeFromQuantity: null,
            },
          ],
        },
      });
    case 'doubled-order':
      return call(CREATE_ORDER, {
        order: copyOf(order?.name ?? '', 'BYPASS').order,
        options: copyOf('', 'BYPASS').options,
      });
    case 'stock-movement':
      return call(CREATE_ORDER, copyOf(order?.name ?? '', 'DECREMENT_IGNORING_POLICY', variant?.id));
    case 'unselected-field':
      return call(
        'mutation Plant($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }',
        {
          product: { id: products[0]?.id, title: 'Overwritten' },
        },
      );
    case 'mail':
      return call(
        'mutation Plant($id: ID!, $info: FulfillmentTrackingInput!) { fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $info, notifyCustomer: true) { userErrors { message } } }',
        { id: order?.fulfillments[0]?.id, info: { number: order?.fulfillments[0]?.trackingInfo[0]?.number ?? 'X1' } },
      );
  }
}

const SET_QUANTITY =
  'mutation Plant($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) @idempotent(key: "planted") { userErrors { message } } }';
const CREATE_ORDER =
  'mutation Plant($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) { orderCreate(order: $order, options: $options) { userErrors { message } } }';

function copyOf(name: string, inventoryBehaviour: string, variantId?: string) {
  const price = { shopMoney: { amount: '1.00', currencyCode: 'EUR' } };
  const what = variantId === undefined ? { title: 'Again' } : { variantId };
  return {
    order: { name, currency: 'EUR', lineItems: [{ ...what, quantity: 1, priceSet: price }] },
    options: { inventoryBehaviour, sendReceipt: false },
  };
}

async function callApi(url: string, query: string, variables: object): Promise<void> {
  const response = await fetch(`${url}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': KEYS.accessToken },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.text();
  if (/"message":/.test(answer)) throw new Error(`Cannot plant a fault: ${answer}`);
}
