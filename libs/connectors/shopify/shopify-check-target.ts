import { z } from 'zod';

import { entityOf } from '#libs/fields/field-names.ts';
import type { Finding } from '../store-connector.ts';
import type { Check } from './shopify-check.ts';
import * as documents from './shopify-documents-shop.ts';
import { DEFINITIONS, isNeeded, readDefinition } from './shopify-prepare.ts';
import { readScopes } from './shopify-scopes.ts';

/** What only a shop that is written to needs. */
export async function checkTarget(check: Check): Promise<readonly Finding[]> {
  return [
    ...(await checkDefinitions(check)),
    ...(await checkOldOrders(check)),
    ...(await checkServices(check)),
    ...(await checkPublishing(check)),
  ];
}

async function checkDefinitions({ client, selection, call }: Check): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let missing = 0;
  for (const definition of DEFINITIONS.filter((one) => isNeeded(one, selection))) {
    const type = await readDefinition(client, definition, call);
    const what = `metafield lockstep.${definition.key} of ${definition.ownerType.toLowerCase()}`;
    if (type === null) missing += 1;
    else if (type !== definition.type)
      findings.push({
        level: 'problem',
        topic: 'definitions',
        message: `The ${what} has the type "${type}" instead of "${definition.type}"`,
        remedy: 'Delete that metafield definition in the shop; Lockstep makes its own',
      });
  }
  if (findings.length > 0) return findings;
  const message =
    missing === 0
      ? 'The metafields that Lockstep keeps its ids in are there'
      : `${missing} metafields that Lockstep keeps its ids in are made after approval`;
  return [{ level: 'ok', topic: 'definitions', message }];
}

const SIXTY_DAYS_MS = 60 * 24 * 3_600_000;
const oldAnswer = z.object({ orders: z.object({ nodes: z.array(z.object({ id: z.string() })) }) });
const orderAnswer = z.object({ order: z.object({ id: z.string() }).nullish() });

/** An order that cannot be read any more would be made again: the scope says that it can, and one old order shows it. */
async function checkOldOrders({ client, selection, clock, call }: Check): Promise<readonly Finding[]> {
  if (![...selection].some((field) => entityOf(field) === 'order')) return [];
  const before = new Date(clock.now() - SIXTY_DAYS_MS).toISOString();
  const query = `created_at:<'${before}'`;
  const { orders } = await client.read(documents.OLD_ORDERS, oldAnswer, { query }, call);
  const [old] = orders.nodes;
  if (old === undefined)
    return [
      {
        level: 'ok',
        topic: 'old orders',
        message: 'Orders older than 60 days may be read by the scope read_all_orders; the shop has none to try it on',
      },
    ];
  const { order } = await client.read(documents.ORDER_IS_THERE, orderAnswer, { id: old.id }, call);
  if (order !== null && order !== undefined)
    return [{ level: 'ok', topic: 'old orders', message: 'An order older than 60 days can be read' }];
  return [
    {
      level: 'problem',
      topic: 'old orders',
      message: 'An order older than 60 days cannot be read, so orders would be made again once they are as old',
      remedy: 'Ask Shopify to approve read_all_orders for the app, and install it anew',
    },
  ];
}

/** Parcels that a fulfilment service sends have fulfilment orders that not every app is shown. */
async function checkServices({ client, selection, call }: Check): Promise<readonly Finding[]> {
  if (![...selection].some((field) => entityOf(field) === 'order')) return [];
  const granted = await readScopes(client, call);
  if (granted.has('write_third_party_fulfillment_orders')) return [];
  return [
    {
      level: 'warning',
      topic: 'shipping',
      message:
        'The app lacks write_third_party_fulfillment_orders: what a fulfilment service ships can neither be held nor marked as shipped',
      remedy: 'Grant it where a fulfilment service ships for the new shop; else nothing',
    },
  ];
}

/** Needed only where active products are created. */
async function checkPublishing({ client, call }: Check): Promise<readonly Finding[]> {
  const granted = await readScopes(client, call);
  if (granted.has('write_publications')) return [];
  return [
    {
      level: 'warning',
      topic: 'publishing',
      message: 'The app lacks write_publications: products that Lockstep creates are in no sales channel',
      remedy: 'Grant write_publications, or publish created products by hand',
    },
  ];
}
