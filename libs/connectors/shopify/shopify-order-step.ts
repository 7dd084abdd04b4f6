import { z } from 'zod';

import type { Clock } from '#libs/runtime/clock.ts';
import type { WriteResult } from '../store-connector.ts';
import type { ShopifyClient } from './shopify-client.ts';
import type { Document } from './shopify-documents.ts';
import { userErrorWire, type OrderWork } from './shopify-wire.ts';
import { refusal, type WriteSession } from './shopify-write-session.ts';

export type StepFailure = Exclude<WriteResult, { readonly outcome: 'stored' }>;
/** Null: the step is done, or was done already. */
export type StepOutcome = StepFailure | null;

export type StepWork = {
  readonly order: OrderWork;
  readonly session: WriteSession;
  readonly client: ShopifyClient;
  readonly clock: Clock;
};

/** A mutation of which nothing but its errors is of interest. */
export async function mutate(
  document: Document,
  field: string,
  variables: Readonly<Record<string, unknown>>,
  { session }: StepWork,
): Promise<StepOutcome> {
  const answer = z.record(z.string(), z.object({ userErrors: z.array(userErrorWire) }));
  const sent = await session.send(document, answer, variables);
  return sent.ok ? refusal(sent.data[field]?.userErrors ?? []) : sent.failure;
}
