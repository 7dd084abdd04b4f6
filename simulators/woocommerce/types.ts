/** The shop's own shapes, as its database keeps them: what can be derived (price, permalinks, local times) is derived when an answer is rendered. */

/** A moment as WordPress stores it: UTC, whole seconds, no zone. */
export type GmtTime = string;

export type Meta = { readonly id: number; readonly key: string; readonly value: unknown };

export type TermRef = { readonly id: number; readonly name: string; readonly slug: string };

export type Category = TermRef & { readonly parent: number; readonly description: string };

export type Image = {
  readonly id: number;
  readonly src: string;
  readonly name: string;
  readonly alt: string;
  readonly date_created_gmt: GmtTime;
};

export type ProductAttribute = {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly position: number;
  readonly visible: boolean;
  readonly variation: boolean;
  readonly options: readonly string[];
};

export type VariationAttribute = {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly option: string;
  /** The term's slug where it no longer follows from the option's name (the term was renamed). */
  readonly term?: string;
};

export type StockStatus = 'instock' | 'outofstock' | 'onbackorder';

export type ProductType = 'simple' | 'variable' | 'grouped' | 'external' | 'variation';

export type Product = {
  readonly id: number;
  readonly parent_id: number;
  readonly type: ProductType;
  readonly status: string;
  readonly name: string;
  readonly slug: string;
  readonly date_created_gmt: GmtTime;
  readonly date_modified_gmt: GmtTime;
  readonly featured: boolean;
  readonly catalog_visibility: string;
  readonly description: string;
  readonly short_description: string;
  readonly sku: string;
  readonly global_unique_id: string;
  readonly regular_price: string;
  readonly sale_price: string;
  readonly date_on_sale_from_gmt: GmtTime | null;
  readonly date_on_sale_to_gmt: GmtTime | null;
  readonly total_sales: number;
  readonly virtual: boolean;
  readonly downloadable: boolean;
  readonly tax_status: string;
  readonly tax_class: string;
  readonly manage_stock: boolean;
  readonly stock_quantity: number | null;
  readonly stock_status: StockStatus;
  readonly backorders: string;
  readonly low_stock_amount: number | null;
  readonly sold_individually: boolean;
  readonly weight: string;
  readonly dimensions: { readonly length: string; readonly width: string; readonly height: string };
  readonly shipping_class: string;
  readonly reviews_allowed: boolean;
  readonly upsell_ids: readonly number[];
  readonly cross_sell_ids: readonly number[];
  readonly purchase_note: string;
  readonly category_ids: readonly number[];
  readonly tags: readonly TermRef[];
  readonly brands?: readonly TermRef[];
  readonly images: readonly Image[];
  /** Of a product. */
  readonly attributes: readonly ProductAttribute[];
  /** Of a variation. */
  readonly options: readonly VariationAttribute[];
  readonly menu_order: number;
  readonly meta_data: readonly Meta[];
};

export type Address = {
  readonly first_name: string;
  readonly last_name: string;
  readonly company: string;
  readonly address_1: string;
  readonly address_2: string;
  readonly city: string;
  readonly state: string;
  readonly postcode: string;
  readonly country: string;
  readonly phone: string;
  /** Billing only. */
  readonly email?: string;
};

export type LineItem = {
  readonly id: number;
  readonly name: string;
  readonly product_id: number;
  readonly variation_id: number;
  readonly quantity: number;
  readonly tax_class: string;
  readonly subtotal: string;
  readonly subtotal_tax: string;
  readonly total: string;
  readonly total_tax: string;
  readonly meta_data: readonly Meta[];
};

export type ShippingLine = {
  readonly id: number;
  readonly method_title: string;
  readonly method_id: string;
  readonly total: string;
  readonly total_tax: string;
};
export type FeeLine = {
  readonly id: number;
  readonly name: string;
  readonly total: string;
  readonly total_tax: string;
};
export type CouponLine = {
  readonly id: number;
  readonly code: string;
  readonly discount: string;
  readonly discount_type: string;
  readonly nominal_amount: number;
  readonly meta_data: readonly Meta[];
};

export type Order = {
  readonly id: number;
  readonly status: string;
  readonly currency: string;
  readonly prices_include_tax: boolean;
  readonly date_created_gmt: GmtTime;
  readonly date_modified_gmt: GmtTime;
  readonly date_paid_gmt: GmtTime | null;
  readonly date_completed_gmt: GmtTime | null;
  readonly customer_id: number;
  readonly order_key: string;
  readonly billing: Address;
  readonly shipping: Address;
  readonly payment_method: string;
  readonly payment_method_title: string;
  readonly transaction_id: string;
  readonly created_via: string;
  readonly customer_note: string;
  readonly cart_tax: string;
  readonly shipping_tax: string;
  readonly meta_data: readonly Meta[];
  readonly line_items: readonly LineItem[];
  readonly shipping_lines: readonly ShippingLine[];
  readonly fee_lines: readonly FeeLine[];
  readonly coupon_lines: readonly CouponLine[];
  /** Kept as meta that REST hides: `_order_stock_reduced`, `_new_order_email_sent`. */
  readonly stock_reduced: boolean;
  readonly new_order_email_sent: boolean;
  /** Its items are there, and nobody has added them up yet: it says that it costs nothing. */
  readonly uncalculated?: boolean;
  /** The status before it went to the trash. */
  readonly trashed_from: string | null;
};

export type Refund = {
  readonly id: number;
  readonly parent_id: number;
  readonly date_created_gmt: GmtTime;
  readonly amount: string;
  readonly reason: string;
  readonly refunded_payment: boolean;
  readonly meta_data: readonly Meta[];
  readonly line_items: readonly LineItem[];
};

export type Note = {
  readonly id: number;
  readonly order_id: number;
  readonly author: string;
  readonly date_created_gmt: GmtTime;
  readonly note: string;
  readonly customer_note: boolean;
};

export type Customer = {
  readonly id: number;
  readonly date_created_gmt: GmtTime;
  readonly date_modified_gmt: GmtTime | null;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly role: string;
  readonly username: string;
  readonly billing: Address;
  readonly shipping: Address;
  readonly is_paying_customer: boolean;
  readonly meta_data: readonly Meta[];
};

export type Webhook = {
  readonly id: number;
  readonly name: string;
  readonly status: 'active' | 'paused' | 'disabled';
  readonly topic: string;
  readonly delivery_url: string;
  readonly secret: string;
  readonly date_created_gmt: GmtTime;
  readonly date_modified_gmt: GmtTime | null;
  readonly failure_count: number;
  /** False until a ping was answered with exactly 200; while false, each delivery is followed by another ping. */
  readonly ping_answered: boolean;
};
