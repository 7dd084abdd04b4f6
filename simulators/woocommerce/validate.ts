import type { InvalidParam } from './errors.ts';
import { invalidParams } from './errors.ts';
import { enumText } from './list.ts';
import type { Body } from './values.ts';
import { isBody } from './values.ts';

/** What a single write checks before it does anything; a batch checks none of it. */
export type FieldRule = 'string' | 'boolean' | 'integer' | 'array' | 'object' | readonly string[];
export type BodyRules = Readonly<Record<string, FieldRule>>;

export function checkBody(body: Body, rules: BodyRules): void {
  const found: InvalidParam[] = [];
  for (const [param, rule] of Object.entries(rules)) {
    const value = body[param];
    if (value === undefined) continue;
    if (typeof rule === 'object') {
      if (typeof value === 'string' && rule.includes(value)) continue;
      found.push({ param, code: 'rest_not_in_enum', message: `${param} is not one of ${enumText(rule)}.` });
    } else if (!isOf(rule, value)) {
      found.push({ param, code: 'rest_invalid_type', message: `${param} is not of type ${rule}.`, withParam: true });
    }
  }
  if (found.length > 0) throw invalidParams(found);
}

function isOf(type: Exclude<FieldRule, readonly string[]>, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean' || ['true', 'false', '0', '1', 0, 1].includes(value as string | number);
    case 'integer':
      return (
        (typeof value === 'number' && Number.isInteger(value)) ||
        (typeof value === 'string' && /^-?\d+(?:\.0+)?$/.test(value))
      );
    case 'array':
      return Array.isArray(value) || typeof value === 'string';
    case 'object':
      return isBody(value) || (Array.isArray(value) && value.length === 0);
  }
}

export const PRODUCT_STATUSES = ['draft', 'pending', 'private', 'publish', 'future', 'auto-draft', 'trash'];

export const PRODUCT_RULES: BodyRules = {
  name: 'string',
  slug: 'string',
  type: ['simple', 'grouped', 'external', 'variable'],
  status: PRODUCT_STATUSES,
  featured: 'boolean',
  catalog_visibility: ['visible', 'catalog', 'search', 'hidden'],
  description: 'string',
  short_description: 'string',
  sku: 'string',
  global_unique_id: 'string',
  regular_price: 'string',
  sale_price: 'string',
  virtual: 'boolean',
  downloadable: 'boolean',
  tax_status: ['taxable', 'shipping', 'none'],
  tax_class: 'string',
  manage_stock: 'boolean',
  stock_quantity: 'integer',
  stock_status: ['instock', 'outofstock', 'onbackorder'],
  backorders: ['no', 'notify', 'yes'],
  sold_individually: 'boolean',
  weight: 'string',
  dimensions: 'object',
  categories: 'array',
  tags: 'array',
  images: 'array',
  attributes: 'array',
  menu_order: 'integer',
  meta_data: 'array',
};

const { type: _type, name: _name, manage_stock: _manage, ...shared } = PRODUCT_RULES;
export const VARIATION_RULES: BodyRules = shared;

export const ORDER_STATUS_LIST = [
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'checkout-draft',
];

export const ORDER_RULES: BodyRules = {
  status: ['auto-draft', ...ORDER_STATUS_LIST],
  customer_note: 'string',
  customer_id: 'integer',
  billing: 'object',
  shipping: 'object',
  payment_method: 'string',
  payment_method_title: 'string',
  transaction_id: 'string',
  meta_data: 'array',
  line_items: 'array',
  shipping_lines: 'array',
  fee_lines: 'array',
  coupon_lines: 'array',
  set_paid: 'boolean',
};

export const CUSTOMER_RULES: BodyRules = {
  email: 'string',
  first_name: 'string',
  last_name: 'string',
  username: 'string',
  billing: 'object',
  shipping: 'object',
  meta_data: 'array',
};
