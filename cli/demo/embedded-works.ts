import { must } from '#libs/runtime/must.ts';
import type { CallContext } from '#libs/connectors/store-connector.ts';
import { approvePlan } from '../../services/reconciler/approve-plan.ts';
import { buildPlan } from '../../services/reconciler/build-plan.ts';
import { pairOf, type Context } from '../context.ts';
import { switchOff } from '../mails-switch.ts';
import { reconcilerDeps } from '../plug-parts.ts';
import type { OpenParts } from '../run-parts.ts';
import type { ReconcilerPart } from '../runtime-parts.ts';
import { webhookUrl } from '../webhook-url.ts';
import { wantedTopics } from '../webhooks-handlers.ts';
import { PAIR, PUBLIC_URL } from './demo-config.ts';
import type { DemoShops } from './demo-shops.ts';
import type { Works } from './works.ts';

/** Longer than any demo: its end puts the mails back. */
const SILENT_MS = 8 * 3_600_000;

/** Everything in this process. */
export async function createEmbeddedWorks(
  context: Context,
  parts: OpenParts,
  shops: DemoShops,
  signal: AbortSignal,
): Promise<Works> {
  const pair = pairOf(context, PAIR);
  const reconciler = await whenOpen(context, parts);
  const deps = reconcilerDeps(pair, context);

  async function settled(): Promise<void> {
    const applier = must(parts.appliers.get(PAIR), 'the applier');
    for (;;) {
      await applier.idle();
      const { behind, delayed } = await context.log.lag(PAIR);
      if (behind === 0 && delayed === 0) return;
      await context.clock.sleep(50);
    }
  }

  return {
    settled,
    async subscribe() {
      const call: CallContext = { signal, priority: 'change' };
      const ingestUrl = must(parts.ingestUrl, 'the address of ingest');
      const publicUrl = shops.pairing.from === 'shopify' ? PUBLIC_URL : ingestUrl;
      shops.lead(publicUrl, ingestUrl);
      const url = webhookUrl(publicUrl, PAIR);
      const secret = must(pair.source.webhookSecrets[0], 'a secret for webhooks');
      for (const topic of wantedTopics(pair))
        await pair.source.connector.createSubscription({ topic, url, secret }, { ...call, maySend: () => true });
    },
    async silence() {
      const { mails = null } = pair.target.connector;
      if (mails === null) return;
      const until = context.clock.now() + SILENT_MS;
      await switchOff(PAIR, { mails, until, by: 'demo' }, context, { signal, priority: 'change', maySend: () => true });
    },
    plan: () => buildPlan(deps, { signal }),
    async approve(plan) {
      await approvePlan(deps, plan, { by: 'demo' });
      await reconciler.compare({ repair: true, signal });
      await settled();
    },
    compare: (onProgress) => reconciler.compare({ repair: true, signal, onProgress }),
    withLog: (use) => use(context.log),
  };
}

/** Parts of a pair open once both shops have been recognised. */
async function whenOpen({ clock }: Context, parts: OpenParts): Promise<ReconcilerPart> {
  for (;;) {
    const reconciler = parts.reconcilers.get(PAIR);
    if (reconciler !== undefined) return reconciler;
    await clock.sleep(20);
  }
}
