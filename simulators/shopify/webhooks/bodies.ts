import { inventoryQuantity } from '../inventory.ts';
import { variantsOf, variantTitle } from '../read/catalogue.ts';
import type { Address, CustomerRecord, ProductRecord, VariantRecord } from '../records.ts';
import type { World } from '../world.ts';
import type { WebhookEvent } from './events.ts';
import { fulfillmentBody, orderBody, refundBody, transactionBody } from './order-bodies.ts';
import { addressBody, local } from './body-parts.ts';
import { padded, rawId, type Json } from './wire-json.ts';

/** The whole body of a webhook, in the shape of the REST API; undefined where what it is about is gone. */
export function bodyOf(world: World, event: WebhookEvent): Json | undefined {
  const { topic, id } = event;
  if (topic === 'customers/delete') return { id: rawId(id), tax_exemptions: [], admin_graphql_api_id: id };
  if (topic.endsWith('/delete')) return { id: rawId(id) };
  return BODIES[/^[a-z_]+/.exec(topic)?.[0] ?? '']?.(world, event);
}

type Render = (world: World, event: WebhookEvent) => Json | undefined;

/** By the topic's first word. */
const BODIES: Readonly<Record<string, Render>> = {
  products: (world, { id }) => inBody(world.products.get(id), (product) => productBody(world, product)),
  inventory_items: (world, { id }) => itemBody(world, id),
  inventory_levels: levelBody,
  orders: (world, { id }) => inBody(world.orders.get(id), (order) => orderBody(world, order)),
  fulfillments: (world, { id }) => inBody(world.fulfillments.get(id), (one) => fulfillmentBody(world, one)),
  refunds: (world, { id }) => inBody(world.refunds.get(id), (one) => refundBody(world, one)),
  order_transactions: (world, { id }) => inBody(world.transactions.get(id), (one) => transactionBody(world, one)),
  customers: (world, { id }) => inBody(world.customers.get(id), (customer) => customerBody(world, customer)),
  customers_email_marketing_consent: consentOf,
  customers_marketing_consent: consentOf,
  customer: (world, { id, detail = [] }) => ({ customerId: id, tags: detail, occurredAt: world.stamp() }),
};

function consentOf(world: World, { topic, id }: WebhookEvent): Json | undefined {
  return inBody(world.customers.get(id), (customer) => consentBody(world, topic, customer));
}

function inBody<R>(row: R | undefined, render: (row: R) => Json): Json | undefined {
  return row === undefined ? undefined : render(row);
}

/** Full variants only of the first hundred; the rest is named in `variant_gids` alone. */
const WHOLE_VARIANTS = 100;

function productBody(world: World, product: ProductRecord): Json {
  const variants = variantsOf(world, product.id);
  return {
    id: rawId(product.id),
    admin_graphql_api_id: product.id,
    title: product.title,
    body_html: product.descriptionHtml,
    handle: product.handle,
    vendor: product.vendor,
    product_type: product.productType,
    status: product.status.toLowerCase(),
    published_scope: 'web',
    tags: product.tags.join(', '),
    created_at: local(world, product.createdAt),
    updated_at: local(world, product.updatedAt),
    published_at: local(world, product.publishedAt),
    template_suffix: null,
    variants: variants.slice(0, WHOLE_VARIANTS).map((variant) => variantBody(world, variant)),
    variant_gids: variants.map(({ id, updatedAt }) => ({
      admin_graphql_api_id: id,
      updated_at: `${updatedAt.slice(0, -1)}.000Z`,
    })),
    options: product.options.map(({ id, name, position, values }) => ({
      id: rawId(id),
      product_id: rawId(product.id),
      name,
      position,
      values: values.map((value) => value.name),
    })),
    images: [],
    image: null,
    media: product.media.map(({ id, alt }, index) => ({ id: rawId(id), alt, position: index + 1 })),
    category: null,
    has_variants_that_requires_components: false,
  };
}

/** No weight, no cost, nothing of shipping: these are the inventory item's. */
function variantBody(world: World, variant: VariantRecord): Json {
  const [option1 = null, option2 = null, option3 = null] = variant.selectedOptions.map(({ value }) => value);
  const quantity = inventoryQuantity(world, variant);
  return {
    id: rawId(variant.id),
    admin_graphql_api_id: variant.id,
    product_id: rawId(variant.productId),
    title: variantTitle(variant),
    option1,
    option2,
    option3,
    sku: variant.sku,
    barcode: variant.barcode,
    price: padded(variant.price),
    compare_at_price: padded(variant.compareAtPrice),
    position: variant.position,
    taxable: variant.taxable,
    inventory_policy: variant.inventoryPolicy.toLowerCase(),
    inventory_item_id: rawId(variant.inventoryItemId),
    inventory_quantity: quantity,
    old_inventory_quantity: quantity,
    image_id: null,
    created_at: local(world, variant.createdAt),
    updated_at: local(world, variant.updatedAt),
  };
}

function itemBody(world: World, id: string): Json | undefined {
  return inBody(world.items.get(id), (item) => ({
    id: rawId(item.id),
    sku: world.variants.get(item.variantId)?.sku ?? null,
    created_at: local(world, item.createdAt),
    updated_at: local(world, item.updatedAt),
    requires_shipping: item.requiresShipping,
    cost: padded(item.unitCost),
    tracked: item.tracked,
    country_code_of_origin: null,
    province_code_of_origin: null,
    harmonized_system_code: null,
    country_harmonized_system_codes: [],
    weight_value: item.weight?.value ?? 0,
    weight_unit: (item.weight?.unit ?? 'KILOGRAMS') === 'KILOGRAMS' ? 'kg' : item.weight?.unit.toLowerCase(),
    admin_graphql_api_id: item.id,
  }));
}

/** The gid is the level's, and drags the item's number behind it; what is disconnected is two ids alone. */
function levelBody(world: World, { topic, id, parentId }: WebhookEvent): Json | undefined {
  const level = world.levels.get(id);
  if (topic === 'inventory_levels/disconnect')
    return { inventory_item_id: rawId(parentId), location_id: rawId(level?.locationId) };
  return inBody(level, ({ inventoryItemId, locationId, available, updatedAt }) => ({
    inventory_item_id: rawId(inventoryItemId),
    location_id: rawId(locationId),
    available,
    updated_at: local(world, updatedAt),
    admin_graphql_api_id: id,
  }));
}

/** Neither tags nor consent nor totals, since 2025-01. */
function customerBody(world: World, customer: CustomerRecord): Json {
  const address = (one: Address): Json => ({
    ...addressBody(one),
    id: rawId(one.id),
    customer_id: rawId(customer.id),
    default: one.id === customer.defaultAddressId,
  });
  const standard = customer.addresses.find(({ id }) => id === customer.defaultAddressId);
  return {
    id: rawId(customer.id),
    admin_graphql_api_id: customer.id,
    created_at: local(world, customer.createdAt),
    updated_at: local(world, customer.updatedAt),
    first_name: customer.firstName,
    last_name: customer.lastName,
    email: customer.email,
    phone: customer.phone,
    state: customer.state.toLowerCase(),
    note: customer.note,
    verified_email: customer.verifiedEmail,
    multipass_identifier: null,
    tax_exempt: customer.taxExempt,
    tax_exemptions: [],
    currency: world.settings.currency,
    addresses: customer.addresses.map(address),
    ...(standard === undefined ? {} : { default_address: address(standard) }),
  };
}

function consentBody(
  world: World,
  topic: string,
  { id, email, phone, emailConsent, smsConsent }: CustomerRecord,
): Json {
  return topic.startsWith('customers_email')
    ? {
        customer_id: rawId(id),
        email_address: email,
        email_marketing_consent: {
          state: emailConsent.marketingState.toLowerCase(),
          opt_in_level: emailConsent.marketingOptInLevel?.toLowerCase() ?? null,
          consent_updated_at: local(world, emailConsent.updatedAt),
        },
      }
    : {
        id: rawId(id),
        phone,
        sms_marketing_consent: {
          state: smsConsent.marketingState.toLowerCase(),
          opt_in_level: null,
          consent_updated_at: local(world, smsConsent.updatedAt),
        },
      };
}
