import type { ParkReason } from '#libs/planning/plan-types.ts';

/** What a person does about each reason for which something is parked; docs/running.md says more. */
export const PARK_REMEDIES: Readonly<Record<ParkReason, string>> = {
  ambiguous: 'make the SKU, order number or e-mail unique in both shops',
  unlinked: 'migrate it, or give both sides the same SKU, number or e-mail',
  'target-missing': 'restore it in the new shop',
  'unmapped-value': 'add the value under sync.order.map, or write ignore for it, and restart',
  'impossible-transition': 'settle that order by hand in the new shop',
  'parent-missing': 'see what is parked for the product or customer that it names, and mend that first',
  'total-differs': 'compare taxes, fees and rounding of the two shops, or make that order by hand',
  doubled: 'remove all but one of them in the new shop, then try again',
  refused: 'mend what the shop complains about',
  failed: 'read the message and the shop’s own log',
  'not-stored': 'look for an app or a rule in the new shop that rewrites the field',
  unsupported: 'leave its kind out with scope.product.types',
  undecodable: 'run lockstep reconcile, which finds what it would have said',
};
