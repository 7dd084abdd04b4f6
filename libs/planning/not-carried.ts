/** What Lockstep carries in no pair, whatever is selected: said by `plan`, and held to the documentation by a test. */
export const NOT_CARRIED: readonly string[] = [
  'passwords',
  'gift cards',
  'store credit',
  'coupons',
  'reviews',
  'pages',
  'subscriptions',
];
