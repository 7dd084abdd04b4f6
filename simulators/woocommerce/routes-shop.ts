import { RestError } from './errors.ts';
import { MAIL_KINDS } from './mails.ts';
import type { Rendered } from './render-product.ts';
import { apiUrl, itemLinks } from './render-product.ts';
import type { Call, Reply, Route } from './route.ts';
import { WRITES, ok } from './route.ts';
import type { Shop } from './shop.ts';
import { textOf } from './values.ts';

/** The shop as such: identity, settings, currency, categories. */

type Setting = { readonly id: string; readonly label: string; readonly type: string; readonly standard: string };

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

function setting(id: string, label: string, type: string, standard: string): Setting {
  return { id, label, type, standard };
}

function groups(shop: Shop): Readonly<Record<string, readonly Setting[]>> {
  const { settings } = shop;
  const mails = MAIL_KINDS.map((kind) => [
    `email_${kind}`,
    [setting('enabled', 'Enable/Disable', 'checkbox', kind === 'customer_cancelled_order' ? 'no' : 'yes')],
  ]);
  return {
    ...(Object.fromEntries(mails) as Record<string, readonly Setting[]>),
    general: [
      setting('woocommerce_default_country', 'Country / State', 'select', 'DE:DE-BE'),
      setting('woocommerce_calc_taxes', 'Enable taxes', 'checkbox', yes(settings.calcTaxes)),
      setting('woocommerce_enable_coupons', 'Enable coupons', 'checkbox', 'yes'),
      setting('woocommerce_currency', 'Currency', 'select', settings.currency),
      setting('woocommerce_currency_pos', 'Currency position', 'select', 'left'),
      setting('woocommerce_price_thousand_sep', 'Thousand separator', 'text', ','),
      setting('woocommerce_price_decimal_sep', 'Decimal separator', 'text', '.'),
      setting('woocommerce_price_num_decimals', 'Number of decimals', 'number', '2'),
    ],
    products: [
      setting('woocommerce_weight_unit', 'Weight unit', 'select', settings.weightUnit),
      setting('woocommerce_dimension_unit', 'Dimensions unit', 'select', 'cm'),
      setting('woocommerce_manage_stock', 'Manage stock', 'checkbox', 'yes'),
      setting('woocommerce_hold_stock_minutes', 'Hold stock (minutes)', 'number', '60'),
      setting('woocommerce_notify_low_stock', 'Notifications', 'checkbox', 'yes'),
      setting('woocommerce_notify_no_stock', 'Notifications', 'checkbox', 'yes'),
      setting('woocommerce_stock_email_recipient', 'Notification recipient(s)', 'text', 'admin@source.example.com'),
      setting('woocommerce_notify_low_stock_amount', 'Low stock threshold', 'number', String(settings.lowStock)),
      setting('woocommerce_notify_no_stock_amount', 'Out of stock threshold', 'number', String(settings.noStock)),
    ],
    tax: [
      setting('woocommerce_prices_include_tax', 'Prices entered with tax', 'radio', yes(settings.pricesIncludeTax)),
      setting('woocommerce_tax_based_on', 'Calculate tax based on', 'select', 'shipping'),
      setting('woocommerce_tax_round_at_subtotal', 'Rounding', 'checkbox', 'no'),
      setting('woocommerce_tax_classes', 'Additional tax classes', 'textarea', ''),
    ],
  };
}

function renderSetting(shop: Shop, group: string, { id, label, type, standard }: Setting): Rendered {
  const value = shop.options.get(`${group}/${id}`) ?? standard;
  const links = itemLinks(apiUrl(shop, `settings/${group}/${id}`), apiUrl(shop, `settings/${group}`));
  const self = [
    { href: apiUrl(shop, `settings/${group}/${id}`), targetHints: { allow: ['GET', 'POST', 'PUT', 'PATCH'] } },
  ];
  return { id, label, description: '', type, default: standard, value, _links: { ...links, self } };
}

function settingsOf(call: Call): { readonly group: string; readonly all: readonly Setting[] } {
  const group = call.path['group'] ?? '';
  const all = groups(call.shop)[group];
  if (all === undefined) throw new RestError('rest_setting_setting_group_invalid', 'Invalid setting group.', 404);
  return { group, all };
}

/** Each mail is a group below `email`. */
function settingGroups(shop: Shop): readonly Rendered[] {
  const ids = Object.keys(groups(shop));
  const mails = ids.filter((id) => id.startsWith('email_'));
  return [...ids, 'email'].map((id) => ({
    id,
    label: labelOf(id),
    description: '',
    parent_id: id.startsWith('email_') ? 'email' : '',
    sub_groups: id === 'email' ? mails : [],
  }));
}

/** `email_customer_on_hold_order` is shown as "Customer on hold order". */
function labelOf(id: string): string {
  const words = id.replace(/^email_/, '').replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function oneSetting(call: Call): Reply {
  const { group, all } = settingsOf(call);
  const found = all.find(({ id }) => id === call.path['setting']);
  if (found === undefined) throw new RestError('rest_setting_setting_invalid', 'Invalid setting.', 404);
  if (call.verb !== 'GET') call.shop.options.set(`${group}/${found.id}`, textOf(call.body['value']));
  const { _links, ...body } = renderSetting(call.shop, group, found);
  return ok(call.verb === 'GET' ? { ...body, _links } : { ...body, group_id: group, _links });
}

function systemStatus(call: Call): Reply {
  const { shop } = call;
  const { siteUrl, storeId } = shop.identity();
  return ok({
    environment: {
      home_url: siteUrl,
      site_url: siteUrl,
      store_id: storeId,
      version: '10.2.4',
      wp_version: '6.8.8',
      wp_multisite: false,
      wp_cron: true,
      language: 'en_US',
      server_info: 'nginx/1.22.1',
      php_version: '8.2.36',
      php_max_execution_time: 30,
      default_timezone: 'UTC',
    },
    settings: {
      api_enabled: false,
      force_ssl: false,
      currency: shop.settings.currency,
      currency_symbol: '&euro;',
      currency_position: 'left',
      thousand_separator: ',',
      decimal_separator: '.',
      number_of_decimals: 2,
      order_datastore: String.raw`Automattic\WooCommerce\Internal\DataStores\Orders\OrdersTableDataStore`,
      HPOS_enabled: true,
      HPOS_sync_enabled: false,
      enabled_features: ['analytics', 'marketplace', 'order_attribution', 'custom_order_tables'],
    },
  });
}

function currency(call: Call): Reply {
  const code = call.shop.settings.currency;
  return ok({
    code,
    name: code === 'EUR' ? 'Euro' : code,
    symbol: '&euro;',
    _links: { collection: [{ href: apiUrl(call.shop, 'data/currencies') }] },
  });
}

export const SHOP_ROUTES: readonly Route[] = [
  { verbs: ['GET'], path: 'system_status', access: 'list', handle: systemStatus },
  { verbs: ['GET'], path: 'data/currencies/current', access: 'view', handle: currency },
  {
    verbs: ['GET'],
    path: 'settings/{group:text}',
    access: 'list',
    handle: (call) => {
      const { group, all } = settingsOf(call);
      return ok(all.map((one) => renderSetting(call.shop, group, one)));
    },
  },
  { verbs: ['GET', ...WRITES], path: 'settings/{group:text}/{setting:text}', access: 'edit', handle: oneSetting },
  { verbs: ['GET'], path: 'settings', access: 'list', handle: (call) => ok(settingGroups(call.shop)) },
];
