import { entityOf } from '#libs/fields/field-names.ts';
import type { Selection } from '#libs/fields/field-names.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, Finding, MailSwitch } from '../store-connector.ts';
import { mailsOnMessage } from './woocommerce-mails.ts';
import type { Shop } from './woocommerce-shop.ts';
import type { TrackingWriter } from './woocommerce-write-tracking.ts';

export type TargetCheckParts = {
  readonly shop: Shop;
  readonly mails: MailSwitch;
  readonly tracking: TrackingWriter;
};

/** What matters of a shop only where it is written to: its mails, its taxes, and where parcels will be seen. */
export async function checkTarget(
  { shop, mails, tracking }: TargetCheckParts,
  selection: Selection,
  call: CallContext,
): Promise<Finding[]> {
  const findings = [await checkSilence(mails, call)];
  if ([...selection].some((field) => entityOf(field) === 'order'))
    findings.push(await checkTaxes(shop, call), await checkTracking(tracking, call));
  return findings;
}

/** Orders are refused while it is on, so it is a problem as soon as there are any to write. */
async function checkSilence(mails: MailSwitch, call: CallContext): Promise<Finding> {
  try {
    const on = (await mails.list(call)).filter(({ enabled }) => enabled);
    if (on.length === 0) return { level: 'ok', topic: 'silence', message: 'The shop mails nobody about orders' };
    return {
      level: 'problem',
      topic: 'silence',
      message: mailsOnMessage(on),
      remedy: 'lockstep mails off switches exactly these off, and puts them back; until then no order is written',
    };
  } catch (error) {
    if (!isSyncError(error)) throw error;
    return {
      level: 'problem',
      topic: 'silence',
      message: `Whether the shop mails people about orders cannot be seen: ${error.message}`,
      remedy: 'Make the key for an administrator or shop manager, with permission to read and write',
    };
  }
}

async function checkTaxes(shop: Shop, call: CallContext): Promise<Finding> {
  if ((await shop.taxMode(call)) === 'none')
    return {
      level: 'ok',
      topic: 'taxes',
      message: 'The shop works out no taxes: orders keep their totals, and tax on top becomes a line',
    };
  return {
    level: 'warning',
    topic: 'taxes',
    message: 'The shop works out the taxes of orders itself; one whose total then differs is parked',
    remedy: 'Give the new shop the tax rates of the old one before orders are made there',
  };
}

const HOMES = {
  shipmentTracking: 'the meta _wc_shipment_tracking_items (Shipment Tracking and its kin)',
  yith: 'the meta ywot_tracking_code (YITH)',
  meta: 'the meta keys of the config',
} as const;

async function checkTracking(tracking: TrackingWriter, call: CallContext): Promise<Finding> {
  return { level: 'ok', topic: 'tracking', message: `Tracking numbers go into ${HOMES[await tracking.home(call)]}` };
}
