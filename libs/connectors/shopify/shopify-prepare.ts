import { z } from 'zod';

import { entityOf, type Selection } from '#libs/fields/field-names.ts';
import type { EntityKind } from '#libs/model/stored.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, WriteContext } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as documents from './shopify-documents-shop.ts';
import * as writes from './shopify-documents-write.ts';
import { userErrorWire } from './shopify-wire.ts';

/** A metafield definition that writing needs. */
export type Definition = {
  readonly ownerType: 'PRODUCT' | 'PRODUCTVARIANT' | 'ORDER' | 'CUSTOMER';
  readonly key: 'source_id' | 'history';
  readonly type: 'id' | 'json';
  readonly name: string;
  readonly pin: boolean;
};

const sourceId = (ownerType: Definition['ownerType']): Definition => ({
  ownerType,
  key: 'source_id',
  type: 'id',
  name: 'Old store id',
  pin: false,
});

/** Source ids on everything that may be created, whatever is selected: creation looks for them first. */
export const DEFINITIONS: readonly Definition[] = [
  sourceId('PRODUCT'),
  sourceId('PRODUCTVARIANT'),
  sourceId('ORDER'),
  sourceId('CUSTOMER'),
  { ownerType: 'ORDER', key: 'history', type: 'json', name: 'History in the old store', pin: true },
];

const ENTITIES: Readonly<Record<Definition['ownerType'], readonly EntityKind[]>> = {
  PRODUCT: ['product', 'variant'],
  PRODUCTVARIANT: ['product', 'variant'],
  ORDER: ['order'],
  CUSTOMER: ['customer'],
};

/** Whether a selected field is of the entity that carries it. Without that the app need not have the permission to make it. */
export function isNeeded({ ownerType }: Definition, selection: Selection): boolean {
  return [...selection].some((field) => ENTITIES[ownerType].includes(entityOf(field)));
}

const definitionAnswer = z.object({
  metafieldDefinition: z.object({ id: z.string(), type: z.object({ name: z.string() }) }).nullish(),
});
const createAnswer = z.object({
  metafieldDefinitionCreate: z.object({
    createdDefinition: z.object({ id: z.string() }).nullish(),
    userErrors: z.array(userErrorWire),
  }),
});

/** The type of a definition as the shop has it; null where there is none. */
export async function readDefinition(
  client: ShopifyClient,
  { ownerType, key }: Definition,
  call: CallContext,
): Promise<string | null> {
  const { metafieldDefinition } = await client.read(documents.DEFINITION, definitionAnswer, { ownerType, key }, call);
  return metafieldDefinition?.type.name ?? null;
}

/** Makes what is missing. Idempotent: what another process made meanwhile is as good. */
export async function prepareShop(client: ShopifyClient, selection: Selection, call: WriteContext): Promise<void> {
  for (const definition of DEFINITIONS) {
    try {
      if ((await readDefinition(client, definition, call)) === null) await makeDefinition(client, definition, call);
    } catch (error) {
      const denied = isSyncError(error) && error.code === 'STORE_UNAUTHORISED' && error.status === null;
      if (!denied || isNeeded(definition, selection)) throw error;
    }
  }
}

async function makeDefinition(
  client: ShopifyClient,
  { ownerType, key, type, name, pin }: Definition,
  call: WriteContext,
): Promise<void> {
  const definition = { namespace: 'lockstep', ownerType, key, type, name, pin };
  const sent = await client.write(writes.CREATE_DEFINITION, createAnswer, { definition }, call);
  if (!sent.ok) {
    if (sent.error !== undefined) throw sent.error;
    if (sent.failure.outcome === 'not-sent') return;
    const why = 'message' in sent.failure ? sent.failure.message : 'asked too often';
    throw new SyncError(
      sent.failure.outcome === 'throttled' ? 'STORE_RATE_LIMITED' : 'STORE_FAILED',
      `Cannot make the metafield definition "${key}": ${why}`,
    );
  }
  const error = sent.data.metafieldDefinitionCreate.userErrors.find(({ code }) => code !== 'TAKEN');
  if (error !== undefined)
    throw new SyncError('STORE_REFUSED', `Cannot make the metafield definition "${key}": ${error.message}`);
}
