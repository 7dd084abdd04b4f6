/** An error in WordPress' own shape; answered with `data.status`. */
export class RestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly data: unknown;

  constructor(
    code: string,
    message: string,
    status: number,
    extra: Readonly<Record<string, unknown>> = {},
    data?: unknown,
  ) {
    super(message);
    this.name = 'RestError';
    this.code = code;
    this.status = status;
    this.data = data ?? { status, ...extra };
  }

  get body(): { readonly code: string; readonly message: string; readonly data: unknown } {
    return { code: this.code, message: this.message, data: this.data };
  }
}

export function invalidId(
  kind: 'product' | 'product_variation' | 'shop_order' | 'shop_webhook',
  status = 404,
): RestError {
  return new RestError(`woocommerce_rest_${kind}_invalid_id`, 'Invalid ID.', status);
}

export function noRoute(): RestError {
  return new RestError('rest_no_route', 'No route was found matching the URL and request method.', 404);
}

export type InvalidParam = {
  readonly param: string;
  readonly code: string;
  readonly message: string;
  readonly withParam?: boolean;
};

export function invalidParams(found: readonly InvalidParam[]): RestError {
  const params = Object.fromEntries(found.map(({ param, message }) => [param, message]));
  const details = Object.fromEntries(
    found.map(({ param, code, message, withParam }) => [
      param,
      { code, message, data: withParam === true ? { param } : null },
    ]),
  );
  const names = found.map(({ param }) => param).join(', ');
  return new RestError('rest_invalid_param', `Invalid parameter(s): ${names}`, 400, { params, details });
}
