import { readFileSync } from 'node:fs';

import {
  Kind,
  parse,
  print,
  visit,
  type ASTNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';

import {
  createShopifySimulator,
  type ShopifySimulator,
  type ShopifySimulatorOptions,
} from '../../simulators/shopify/shopify-simulator.ts';

const DOCUMENT = parse(readFileSync(new URL('../fixtures/shopify/operations.graphql', import.meta.url), 'utf8'));

export type Json = Record<string, unknown>;
/** An answer as a test reads it: whatever the store said. */
export type Answer = { readonly status: number; readonly body: Json; readonly at: (path: string) => unknown };

export type Harness = {
  readonly sim: ShopifySimulator;
  readonly url: string;
  readonly clock: { ms: number };
  /** Sends a document of the fixture by name. */
  readonly send: (name: string, variables?: Json, token?: string) => Promise<Answer>;
  readonly query: (text: string, variables?: Json, token?: string) => Promise<Answer>;
};

export const operationNames: readonly string[] = DOCUMENT.definitions.flatMap((definition) =>
  definition.kind === Kind.OPERATION_DEFINITION && definition.name !== undefined ? [definition.name.value] : [],
);

/** One operation with the fragments it spreads. */
export function documentOf(name: string): string {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of DOCUMENT.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const operation = DOCUMENT.definitions.find(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === name,
  );
  if (operation === undefined) throw new Error(`Cannot find the operation "${name}"`);
  const used = new Set<FragmentDefinitionNode>();
  const collect = (node: ASTNode): void => {
    visit(node, {
      FragmentSpread({ name: spread }) {
        const fragment = fragments.get(spread.value);
        if (fragment === undefined || used.has(fragment)) return;
        used.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return [operation, ...used].map((node) => print(node)).join('\n');
}

export async function openShop(options: Partial<ShopifySimulatorOptions> = {}): Promise<Harness> {
  const clock = { ms: Date.parse('2026-11-20T12:00:00Z') };
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const sim = createShopifySimulator({ now: () => clock.ms, random, accessToken: 'static-token', ...options });
  const { url } = await sim.start();
  const query = async (text: string, variables: Json = {}, token = 'static-token'): Promise<Answer> => {
    const response = await fetch(`${url}/admin/api/2026-10/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
      body: JSON.stringify({ query: text, variables }),
    });
    const body = (await response.json()) as Json;
    return {
      status: response.status,
      body,
      at: (path) => path.split('.').reduce<unknown>((value, key) => (value as Json | null | undefined)?.[key], body),
    };
  };
  return { sim, url, clock, query, send: (name, variables, token) => query(documentOf(name), variables, token) };
}

export function eur(amount: string): Json {
  return { shopMoney: { amount, currencyCode: 'EUR' } };
}
