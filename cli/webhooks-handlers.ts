import { z } from 'zod';

import type { CallContext, Subscription } from '#libs/connectors/store-connector.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { unheardKinds } from '../services/reconciler/note-unheard.ts';
import { isOfPair } from '../services/reconciler/plan-webhooks.ts';
import { carryOut, placeOf, topicsWanted } from '../services/reconciler/watch-subscriptions.ts';
import type { OpenPair } from './context.ts';
import { pairOf } from './context.ts';
import type { Runtime } from './handler.ts';
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
  /** Subscriptions that call this pair, here or at an earlier address. */
  readonly ours: readonly Subscription[];
  /** Subscriptions that call somebody else: left alone. */
  readonly others: number;
  readonly hasSecret: boolean;
  readonly off: boolean;
  /** When Lockstep registered them; null: it never did. */
  readonly registeredAt: number | null;
  /** Kinds of which only sweeps tell although webhooks are there. */
  readonly unheard: ReturnType<typeof unheardKinds>;
};

const faultyTopic = z.object({
  topic: z.string(),
  why: z.enum(['missing', 'disabled', 'paused', 'doubled', 'elsewhere', 'unsound', 'not wanted']),
});

/** Topics that the pair's source has to tell of. */
export function wantedTopics({ settings, source }: OpenPair): readonly string[] {
  return topicsWanted(settings, source.connector);
}

/** Reads the subscriptions of a pair's source, and what is known of them. */
export async function readWebhooks(
  pair: OpenPair,
  { clock, facts }: Pick<Runtime, 'clock' | 'facts'>,
  /** As the config says, or a person who overrides it. */
  publicUrl: string | null,
  call: CallContext,
  asked = false,
): Promise<WebhookState> {
  const { name, timing } = pair.settings;
  const subscribed = await facts.get(name, 'subscribed', 'webhooks');
  const subscriptions = await pair.source.connector.listSubscriptions(call);
  const said = publicUrl === null ? null : webhookUrl(publicUrl, name);
  const url = said === null || asked ? said : placeOf(said, subscribed);
  const ours = url === null ? [] : subscriptions.filter((one) => isOfPair(one, url));
  return {
    pair: name,
    shop: pair.source.address,
    url,
    wanted: wantedTopics(pair),
    ours,
    others: subscriptions.length - ours.length,
    hasSecret: pair.source.webhookSecrets.length > 0,
    off: pair.webhooks === 'off',
    registeredAt: subscribed?.at ?? null,
    unheard: unheardKinds(subscribed?.unheard ?? {}, { now: clock.now(), lateAfterMs: timing.lateAfterMs }),
  };
}

export const listWebhooks = defineHandler(
  z.object({ pair: z.string(), url: z.string().nullable() }),
  (args, runtime, { signal }) =>
    readWebhooks(
      pairOf(runtime, args.pair),
      runtime,
      args.url ?? runtime.config.ingest.publicUrl,
      { signal, priority: 'change' },
      args.url !== null,
    ),
);

/** Makes what is missing, and then removes what it replaces; catches up by a sweep where this process reconciles the pair. */
export const mendWebhooks = defineHandler(
  z.object({
    pair: z.string(),
    url: z.string(),
    create: z.array(faultyTopic),
    remove: z.array(faultyTopic.extend({ id: z.string() })),
    by: z.string(),
    catchUp: z.boolean(),
  }),
  async (
    { pair: name, url, create, remove, by, catchUp },
    runtime,
    { signal },
  ): Promise<{ readonly swept: boolean }> => {
    const { source, settings } = pairOf(runtime, name);
    const { clock, facts, running } = runtime;
    const [secret] = source.webhookSecrets;
    if (secret === undefined)
      throw new SyncError('USAGE', `Cannot register webhooks of "${name}": source.webhookSecrets names no secret`);
    await carryOut(source.connector, { url, secret }, { create, remove }, { signal, priority: 'change' });
    const wanted = topicsWanted(settings, source.connector).length;
    const { publicUrl } = runtime.config.ingest;
    const configured = publicUrl === null ? url : webhookUrl(publicUrl, name);
    const overrides = configured === url ? {} : { overrides: configured };
    const value = { at: clock.now(), by, url, ...overrides, wanted, active: wanted, faults: [], unheard: {} };
    const what = `registered ${create.length} webhooks that call ${url}, removed ${remove.length}`;
    await facts.put([{ pair: name, kind: 'subscribed', id: 'webhooks', value }, actOf(clock, name, by, what)]);
    const reconciler = running?.reconcilers.get(name);
    if (!catchUp || reconciler === undefined) return { swept: false };
    await reconciler.sweep();
    return { swept: true };
  },
);

/** Removes webhooks, and forgets that there were any, so that the watch does not make them again. */
export const removeWebhooks = defineHandler(
  z.object({ pair: z.string(), ids: z.array(z.string()), by: z.string() }),
  async ({ pair: name, ids, by }, runtime, { signal }) => {
    const { source } = pairOf(runtime, name);
    const { clock, facts } = runtime;
    // Before they go: a watch that looks in between must not think that the shop has lost them.
    await facts.put([{ pair: name, kind: 'subscribed', id: 'webhooks', value: null }]);
    for (const id of ids)
      await source.connector.deleteSubscription(id, { signal, priority: 'change', maySend: () => !signal.aborted });
    await facts.put([actOf(clock, name, by, `removed ${ids.length} webhooks`)]);
    return { removed: ids };
  },
);
