import type { RootKind } from '#libs/model/stored.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { MAILS_ON } from '../store-connector.ts';
import type { CallContext, MailSwitch, StoreMail } from '../store-connector.ts';
import type { WooClient } from './woocommerce-client.ts';
import { decodeEntities } from './html-entities.ts';
import { withoutZone } from './woocommerce-scan.ts';
import type { WriteFailure } from './woocommerce-write-session.ts';
import { mailSettingSchema, orderNumberSchema, settingGroupsSchema } from './woocommerce-wire.ts';

/** Whether roots of this kind may be written without a mail: null, or why not. */
export type MailGate = (root: RootKind, call: CallContext) => Promise<WriteFailure | null>;
/** A shop's switches, and the gate that they keep. */
export type Mails = { readonly mails: MailSwitch; readonly mailGate: MailGate };

/** Mails that only a person sets off, or what Lockstep never sends (a note for the customer, `notify_customer`). */
const HARMLESS: ReadonlySet<string> = new Set([
  'email_customer_invoice',
  'email_customer_reset_password',
  'email_customer_note',
  'email_customer_fulfillment_created',
  'email_customer_fulfillment_updated',
  'email_customer_fulfillment_deleted',
]);
const OF_CUSTOMERS: ReadonlySet<string> = new Set(['email_customer_new_account']);
/** What a shop's own till and its stock notices mail has nothing to do with orders that are carried. */
const OTHER = /^email_(?:customer_pos_|customer_stock_notification|admin_payment_gateway)/;

/** Each kind of mail is a group of settings with a switch of its own; what a plugin adds counts as a mail about orders. */
function createSwitches(client: WooClient): Omit<MailSwitch, 'close'> {
  return {
    async list(call) {
      const { data } = await client.get(
        settingGroupsSchema,
        { path: '/settings', query: { _fields: 'id,label,parent_id' }, action: 'list the shop’s mails' },
        call,
      );
      const groups = data.filter(({ id }) => id.startsWith('email_') && !HARMLESS.has(id) && !OTHER.test(id));
      const mails = await Promise.all(groups.map(({ id, label }) => readMail(client, id, label, call)));
      return mails.filter((mail) => mail !== null);
    },
    async set(id, enabled, call) {
      const request = {
        method: 'PUT' as const,
        path: `/settings/${encodeURIComponent(id)}/enabled`,
        body: { value: enabled ? 'yes' : 'no' },
        action: `switch the mail ${id} ${enabled ? 'on' : 'off'}`,
      };
      await client.send(mailSettingSchema, request, call);
    },
    async soldSince(since, call) {
      const { data } = await client.get(
        orderNumberSchema.array(),
        {
          path: '/orders',
          query: {
            created_via: 'checkout,store-api',
            status: 'pending,processing,on-hold,completed',
            after: withoutZone(Math.floor(Date.parse(since) / 1000) - 1),
            dates_are_gmt: 'true',
            per_page: 1,
            _fields: 'id,number',
          },
          action: 'see whether the shop sells',
        },
        call,
      );
      return data[0]?.number ?? null;
    },
  };
}

/** Null for a group without a switch, which is no mail. */
async function readMail(client: WooClient, id: string, label: string, call: CallContext): Promise<StoreMail | null> {
  try {
    const request = { path: `/settings/${encodeURIComponent(id)}/enabled`, action: `read the setting ${id}` };
    const { data } = await client.get(mailSettingSchema, request, call);
    const roots: readonly RootKind[] = OF_CUSTOMERS.has(id) ? ['customer'] : ['order'];
    return { id, title: decodeEntities(label), enabled: data.value === 'yes', roots };
  } catch (error) {
    if (isSyncError(error) && error.status === 404) return null;
    throw error;
  }
}

// So long an answer holds: in a shop that is being written to, mails are switched by hand hardly ever.
const FRESH_MS = 15_000;
// A mail that is on may be switched off any moment: somebody has been asked to.
const FRESH_ON_MS = 1_000;

/** Looks at the switches again and again while orders are written: what was off at the beginning need not stay so. */
export function createMails(client: WooClient, clock: Clock): Mails {
  const switches = createSwitches(client);
  let isClosed = false;
  let last: { readonly at: number; readonly mails: readonly StoreMail[] } | null = null;
  return {
    mails: {
      ...switches,
      async set(id, enabled, call) {
        last = null;
        await switches.set(id, enabled, call);
      },
      close: (closed) => void (isClosed = closed),
    },
    async mailGate(root, call) {
      if (isClosed) return { outcome: 'refused', message: `${MAILS_ON} again in a moment: they are being put back` };
      const now = clock.monotonic();
      if (last === null || now - last.at > (isOn(last.mails, root).length > 0 ? FRESH_ON_MS : FRESH_MS)) {
        const mails = await look(switches, call);
        if ('outcome' in mails) return mails;
        last = { at: now, mails };
      }
      const on = isOn(last.mails, root);
      return on.length === 0 ? null : { outcome: 'refused', message: mailsOnMessage(on) };
    },
  };
}

async function look(
  { list }: Pick<MailSwitch, 'list'>,
  call: CallContext,
): Promise<readonly StoreMail[] | WriteFailure> {
  try {
    return await list(call);
  } catch (error) {
    if (!isSyncError(error)) throw error;
    const isOurs = error.code === 'STORE_UNAUTHORISED' || error.code === 'STORE_REFUSED' || error.status === 404;
    return isOurs
      ? { outcome: 'refused', message: `${MAILS_ON}, for all that can be seen: ${error.message}` }
      : { outcome: 'failed', message: error.message };
  }
}

function isOn(mails: readonly StoreMail[], root: RootKind): readonly StoreMail[] {
  return mails.filter(({ enabled, roots }) => enabled && roots.includes(root));
}

export function mailsOnMessage(on: readonly StoreMail[]): string {
  return `${MAILS_ON}: ${on.map(({ title }) => title).join(', ')}. It would write to people about what was sold elsewhere (lockstep mails off)`;
}
