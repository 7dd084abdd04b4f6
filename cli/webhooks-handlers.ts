import { z } from 'zod';

import type { CallContext, Subscription } from '#libs/connectors/store-connector.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import type { OpenPair } from './context.ts';
import { pairOf } from './context.ts';
import { defineHandler } from './handler.ts';
import { webhookUrl } from './webhook-url.ts';

/** What the old shop has, beside what this pair needs. */
export type WebhookState = {
  readonly pair: string;
  readonly shop: string;
  /** Where webhooks of the pair belong; null where neither config nor caller says it. */
  readonly url: string | null;
  /** Topics that this pair needs. */
  readonly wanted: readonly string[];
  /** Subscriptions that call this pair's address. */
  readonly ours: readonly Subscription[];
  /** Subscriptions that call somebody else: left alone. */
  readonly others: number;
  readonly hasSecret: boolean;
  readonly off: boolean;
};

/** Topics that the pair's source has to tell of. */
export function wantedTopics({ settings, source }: OpenPair): readonly string[] {
  const created = ROOT_KINDS.filter((root) => settings.create[root] !== 'none');
  return source.connector.topicsFor(settings.selection, created);
}

/** Reads the subscriptions of a pair's source. */
export async function readWebhooks(pair: OpenPair, publicUrl: string | null, call: CallContext): Promise<WebhookState> {
  const { name } = pair.settings;
  const subscriptions = await pair.source.connector.listSubscriptions(call);
  const url = publicUrl === null ? null : webhookUrl(publicUrl, name);
  const ours = subscriptions.filter((one) => one.url === url);
  return {
    pair: name,
    shop: pair.source.address,
    url,
    wanted: wantedTopics(pair),
    ours,
    others: subscriptions.length - ours.length,
    hasSecret: pair.source.webhookSecrets.length > 0,
    off: pair.webhooks === 'off',
  };
}

export const listWebhooks = defineHandler(
  z.object({ pair: z.string(), url: z.string().nullable() }),
  (args, runtime, { signal }) =>
    readWebhooks(pairOf(runtime, args.pair), args.url ?? runtime.config.ingest.publicUrl, {
      signal,
      priority: 'change',
    }),
);

export const createWebhooks = defineHandler(
  z.object({ pair: z.string(), url: z.string(), topics: z.array(z.string()), by: z.string() }),
  async ({ pair: name, url, topics, by }, runtime, { signal }) => {
    const { source } = pairOf(runtime, name);
    const [secret] = source.webhookSecrets;
    if (secret === undefined)
      throw new SyncError('USAGE', `Cannot register webhooks of "${name}": source.webhookSecrets names no secret`);
    const created: Subscription[] = [];
    for (const topic of topics)
      created.push(
        await source.connector.createSubscription(
          { topic, url, secret },
          { signal, priority: 'change', maySend: () => !signal.aborted },
        ),
      );
    await runtime.facts.put([actOf(runtime.clock, name, by, `registered ${topics.length} webhooks that call ${url}`)]);
    return created;
  },
);

export const deleteWebhooks = defineHandler(
  z.object({ pair: z.string(), ids: z.array(z.string()), by: z.string() }),
  async ({ pair: name, ids, by }, runtime, { signal }) => {
    const { source } = pairOf(runtime, name);
    for (const id of ids)
      await source.connector.deleteSubscription(id, { signal, priority: 'change', maySend: () => !signal.aborted });
    await runtime.facts.put([actOf(runtime.clock, name, by, `removed ${ids.length} webhooks`)]);
    return { removed: ids };
  },
);
