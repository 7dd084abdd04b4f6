import { z } from 'zod';

import { entityOf, type Selection } from '#libs/fields/field-names.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, Finding } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import * as documents from './shopify-documents-shop.ts';
import { checkSource } from './shopify-check-source.ts';
import { checkTarget } from './shopify-check-target.ts';
import { readScopes } from './shopify-scopes.ts';
import type { Shop } from './shopify-shop.ts';

type Role = 'source' | 'target';
export type Check = {
  readonly client: ShopifyClient;
  readonly shop: Shop;
  /** The API version that is asked for. */
  readonly apiVersion: string;
  readonly role: Role;
  readonly selection: Selection;
  readonly clock: Clock;
  readonly call: CallContext;
};

/** What `lockstep check` wants to know of a Shopify shop. */
export async function checkShop(check: Check): Promise<readonly Finding[]> {
  const reachable = await guarded('reachable', () => checkReachable(check));
  if (reachable.some(({ level }) => level === 'problem')) return reachable;
  const scopes = await guarded('scopes', () => checkScopes(check));
  // What a missing scope denies would only be said once more.
  const granted = scopes.every(({ level }) => level === 'ok');
  const more = [
    checkVersion(check),
    scopes,
    granted ? await guarded('people', () => checkPeople(check)) : [],
    await guarded('location', () => checkLocation(check)),
    granted && check.role === 'target' ? await guarded('target', () => checkTarget(check)) : [],
    granted && check.role === 'source' ? await guarded('source', () => checkSource(check)) : [],
  ];
  return [...reachable, ...more.flat()];
}

async function guarded(topic: string, run: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await run();
  } catch (error) {
    if (!isSyncError(error)) throw error;
    return [{ level: 'problem', topic, message: error.message, remedy: error.hint }];
  }
}

async function checkReachable({ shop, call }: Check): Promise<readonly Finding[]> {
  const { name, domain, currency, taxesIncluded } = await shop.ask(call);
  const taxes =
    taxesIncluded === null ? 'whether with tax the shop does not say' : taxesIncluded ? 'with tax' : 'without tax';
  return [
    { level: 'ok', topic: 'reachable', message: `${name} (${domain}) answers` },
    { level: 'ok', topic: 'currency', message: `Prices are in ${currency}, ${taxes}` },
  ];
}

/** An expired version is answered by the oldest one that is supported, in which a mutation may mean something else. */
function checkVersion({ client, apiVersion }: Check): readonly Finding[] {
  const { version, deprecation } = client.lastVersion();
  const findings: Finding[] = [];
  if (version !== null && version !== apiVersion)
    findings.push({
      level: 'problem',
      topic: 'version',
      message: `API version ${apiVersion} was asked for, and ${version} answers`,
      remedy: 'Install a newer Lockstep, which asks for a version that Shopify still supports',
    });
  if (deprecation !== null)
    findings.push({
      level: 'warning',
      topic: 'version',
      message: `Shopify will take away something that is used: ${deprecation}`,
      remedy: 'Install a newer Lockstep before that',
    });
  return findings;
}

const peopleAnswer = z.object({
  customers: z
    .object({
      nodes: z.array(
        z.object({
          defaultEmailAddress: z.object({ emailAddress: z.string() }).nullish(),
          firstName: z.string().nullish(),
        }),
      ),
    })
    .nullish(),
});
// The scopes were granted, so what is denied is the data of people.
const PROTECTED = new Set(['ACCESS_DENIED']);
const refusedPeople: Finding = {
  level: 'problem',
  topic: 'people',
  message: 'The shop denies the app its customers, although the scopes are granted',
  remedy: 'Grant the app access to protected customer data, levels 1 and 2, and look again',
};

/** An app without access to protected customer data is refused, or sees customers without names and addresses. */
async function checkPeople({ client, selection, call }: Check): Promise<readonly Finding[]> {
  if (![...selection].some((field) => ['order', 'customer'].includes(entityOf(field)))) return [];
  const answer = await client.read(documents.PEOPLE, peopleAnswer, {}, call, PROTECTED);
  const customers = answer.customers ?? null;
  if (customers === null) return [refusedPeople];
  const seen = customers.nodes.some(
    ({ defaultEmailAddress, firstName }) => (defaultEmailAddress ?? null) !== null || (firstName ?? '') !== '',
  );
  if (seen || customers.nodes.length === 0) return [];
  return [
    {
      level: 'warning',
      topic: 'people',
      message: 'No customer shows a name or an e-mail: the app may lack access to protected customer data',
      remedy: 'Grant the app protected customer data, level 2, and look again',
    },
  ];
}

async function checkLocation({ shop, role, selection, call }: Check): Promise<readonly Finding[]> {
  const counted = await shop.locations(call);
  const message = counted.length === 1 ? 'The location is there' : `The ${counted.length} locations are there`;
  const found: Finding = { level: 'ok', topic: 'location', message };
  if (role === 'target' || !selection.has('variant.quantity')) return [found];
  const others = await shop.otherLocations(call);
  if (others.length === 0) return [found];
  const named = others.map((name) => `"${name}"`).join(', ');
  return [
    found,
    {
      level: 'warning',
      topic: 'location',
      message: `The shop has more locations, and what they hold does not count: ${named}`,
      remedy: 'Name under source.locations all whose stock is for sale',
    },
  ];
}

// ── scopes ───────────────────────────────────────────────────────────────────────────────────────────────────

async function checkScopes({ client, role, selection, call }: Check): Promise<readonly Finding[]> {
  const granted = await readScopes(client, call);
  const missing = neededScopes(role, selection).filter((scope) => !isGranted(scope, granted));
  if (missing.length === 0)
    return [{ level: 'ok', topic: 'scopes', message: 'The app has the scopes that the selection needs' }];
  return [
    {
      level: 'problem',
      topic: 'scopes',
      message: `The app lacks ${missing.join(', ')}`,
      remedy: missing.includes('read_all_orders')
        ? 'Ask Shopify for read_all_orders and grant the scopes: without it orders older than 60 days look deleted'
        : 'Grant the scopes to the app and install it anew',
    },
  ];
}

/** write_x includes read_x. */
function isGranted(scope: string, granted: ReadonlySet<string>): boolean {
  return granted.has(scope) || granted.has(scope.replace(/^read_/, 'write_'));
}

export function neededScopes(role: Role, selection: Selection): readonly string[] {
  const entities = new Set([...selection].map(entityOf));
  const verb = role === 'target' ? 'write' : 'read';
  return [
    'read_locations',
    ...(entities.has('product') || entities.has('variant') ? [`${verb}_products`, `${verb}_inventory`] : []),
    ...(entities.has('order')
      ? [
          `${verb}_orders`,
          'read_all_orders',
          `${verb}_merchant_managed_fulfillment_orders`,
          // Its webhooks of parcels.
          ...(role === 'source' ? ['read_fulfillments'] : []),
          // An order names its customer, and its lines their products.
          ...(entities.has('customer') ? [] : ['read_customers']),
          ...(entities.has('product') || entities.has('variant') ? [] : ['read_products']),
        ]
      : []),
    ...(entities.has('customer') ? [`${verb}_customers`] : []),
    // Its webhooks of customers that are merged.
    ...(entities.has('customer') && role === 'source' ? ['read_customer_merge'] : []),
    // Of the images the texts, and which of them a product has.
    ...(role === 'target' && selection.has('product.images') ? ['write_files'] : []),
  ];
}
