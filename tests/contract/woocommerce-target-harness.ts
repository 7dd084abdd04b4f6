import { onTestFinished } from 'vitest';

import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import type {
  CreateResult,
  OrderStep,
  ReadContext,
  RootDraft,
  RootPatch,
  StoreConnector,
  WriteContext,
  WriteResult,
} from '#libs/connectors/store-connector.ts';
import { FIELD_NAMES, type FieldValues } from '#libs/fields/field-names.ts';
import type { EntityKind, RootKind, StoredOrder, StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { anOrder, anOrderLine, aProduct, aVariant, eur } from '#tests/builders/entities.ts';
import { createWooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import type { WooCommerceOptions, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';

export const WRITE: WriteContext = { signal: new AbortController().signal, priority: 'change', maySend: () => true };
export const READ: ReadContext = { signal: WRITE.signal, priority: 'change', fields: new Set(FIELD_NAMES) };

export type Target = {
  readonly shop: WooCommerceSimulator;
  readonly connector: StoreConnector;
  readonly url: string;
  /** Another connector to the same shop, as another process has it. */
  readonly connect: (config?: Readonly<Record<string, unknown>>) => StoreConnector;
  /** Write calls that the shop got, by name. */
  readonly writes: () => readonly string[];
  readonly read: (root: RootKind, id: string | number) => Promise<StoredRoot>;
  readonly product: (id: string | number) => Promise<StoredProduct>;
  readonly order: (id: string | number) => Promise<StoredOrder>;
};

/** A shop that is written to; its mails are off unless asked for. */
export async function openTarget({
  mails = 'off',
  callMs = 5_000,
  ...options
}: Partial<WooCommerceOptions> & { mails?: 'on' | 'off'; callMs?: number } = {}): Promise<Target> {
  const shop = createWooCommerceSimulator({
    now: Date.now,
    random: seededRandom(7),
    consumerKey: 'ck_1',
    consumerSecret: 'cs_1',
    ...options,
  });
  const { url } = await shop.start();
  onTestFinished(() => shop.stop());
  const connect = (config: Readonly<Record<string, unknown>> = {}): StoreConnector =>
    woocommerce.open(
      woocommerce.configSchema.parse({
        url,
        consumerKey: 'ck_1',
        consumerSecret: 'cs_1',
        webhooks: 'off',
        auth: 'header',
        headers: { 'x-forwarded-proto': 'https' },
        ...config,
      }),
      {
        clock: systemClock,
        random: seededRandom(11),
        budget: { take: () => Promise.resolve(), report: () => undefined, backOff: () => undefined },
        callMs,
        role: 'target',
      },
    );
  const connector = connect();
  if (mails === 'off') {
    const { list, set } = must(connector.mails ?? null, 'the mails of the shop');
    for (const { id, enabled } of await list(WRITE)) if (enabled) await set(id, false, WRITE);
  }
  const before = shop.ledger.calls.length;
  const read = async (root: RootKind, id: string | number): Promise<StoredRoot> =>
    must((await connector.readRoots(root, [{ id: String(id) }], READ))[0] ?? null, `${root} ${id}`);
  return {
    shop,
    connector,
    url,
    connect,
    writes: () =>
      shop.ledger.calls
        .slice(before)
        .filter(({ kind }) => kind === 'write')
        .map(({ name }) => name.replace('/wp-json/wc/v3/', '')),
    read,
    product: async (id) => (await read('product', id)) as StoredProduct,
    order: async (id) => (await read('order', id)) as StoredOrder,
  };
}

export function patchOf(
  present: StoredRoot,
  values: Readonly<Partial<Record<EntityKind, FieldValues>>>,
  parts: Partial<RootPatch> = {},
): RootPatch {
  const entities = Object.entries(values).map(([entity, fields]) => ({
    entity: entity as EntityKind,
    targetId: entity === 'variant' ? must((present as StoredProduct).variants[0], 'a variant').id : present.id,
    values: fields,
  }));
  return { root: present.root, sourceId: 's-1', targetId: present.id, present, entities, steps: [], ...parts };
}

export async function write(target: Target, ...patches: readonly RootPatch[]): Promise<readonly WriteResult[]> {
  return target.connector.write(patches, WRITE);
}

export async function step(target: Target, present: StoredRoot, ...steps: readonly OrderStep[]): Promise<WriteResult> {
  const [result] = await write(target, patchOf(present, {}, { steps }));
  return must(result, 'a result');
}

export async function create(target: Target, draft: RootDraft): Promise<CreateResult> {
  return must((await target.connector.create([draft], WRITE))[0], 'a result');
}

export async function made(target: Target, draft: RootDraft): Promise<StoredRoot> {
  const result = await create(target, draft);
  if (result.outcome !== 'created') throw new Error(`Not created: ${JSON.stringify(result)}`);
  return result.stored;
}

type OrderDraft = Extract<RootDraft, { readonly root: 'order' }>;

const PAID = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false } as const;

/** One shirt of 49.90 with tax, paid. */
export function orderDraft(
  order: Partial<OrderDraft['order']> = {},
  parts: Partial<Omit<OrderDraft, 'order' | 'root'>> = {},
): OrderDraft {
  const whole = anOrder({ lines: [anOrderLine()], total: eur(4990), ...order });
  return {
    root: 'order',
    sourceId: '1047',
    order: whole,
    state: PAID,
    lineVariantIds: whole.lines.map(() => null),
    customerId: null,
    hold: false,
    ...parts,
  };
}

type ProductDraft = Extract<RootDraft, { readonly root: 'product' }>;

export function productDraft(parts: Partial<Omit<ProductDraft, 'root'>> = {}): ProductDraft {
  return {
    root: 'product',
    sourceId: '14',
    product: aProduct(),
    variants: [{ sourceId: 'v-14', variant: aVariant() }],
    ...parts,
  };
}
