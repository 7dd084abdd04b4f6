import type { LoggedNews } from '#libs/event-log/event-log.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import type { ReconcilerDeps } from '../../../services/reconciler/reconciler-deps.ts';
import { fingerprint, type FakeStore } from './fake-stores.ts';

export type ApplierOptions = {
  /** Another end than the plan's, by root. */
  readonly instead?: (root: string) => Partial<NewsOutcome> | null;
};

export type AnswerDeps = ReconcilerDeps & { readonly source: FakeStore; readonly target: FakeStore };

/** Answers what lies on the log as the applier would, until stopped. */
export async function startApplier(deps: AnswerDeps, { instead }: ApplierOptions): Promise<() => Promise<void>> {
  const working: Promise<void>[] = [];
  const consumption = await deps.log.consume(deps.settings.name, {
    onAssigned: () => {},
    onNews(epoch, news) {
      working.push(
        (async () => {
          for (const logged of news) {
            const outcome = { ...(await answer(deps, logged)), ...instead?.(rootOf(logged)) };
            const record = { v: 1, type: 'batch', at: deps.clock.now(), outcomes: [outcome] };
            await deps.log.appendJournal([{ pair: deps.settings.name, partition: logged.partition, record }]);
            await deps.log.settle(epoch, [logged.offset], null);
          }
        })(),
      );
      return true;
    },
    onLost: () => {},
    onGap: () => {},
  });
  return async () => {
    await Promise.all(working);
    await consumption.stop();
  };
}

function rootOf({ news }: LoggedNews): string {
  return `${news?.root ?? ''}:${news?.rootId ?? ''}`;
}

async function answer(deps: AnswerDeps, logged: LoggedNews): Promise<NewsOutcome> {
  const { settings, facts, source, target } = deps;
  const { news, offset } = logged;
  if (news === null) throw new Error('undecodable');
  const from = source.roots.get(`${news.root}:${news.rootId}`) ?? null;
  const links = new Map<string, FactValue<'link'>>();
  for await (const { id, value } of facts.list(settings.name, 'link')) links.set(id, value);
  const to = target.roots.get(`${news.root}:${links.get(`${news.root}:${news.rootId}`)?.targetId ?? ''}`) ?? null;
  const key = `${news.root}:${news.rootId}`;
  const plan = planRoot({
    settings,
    root: news.root,
    rootId: news.rootId,
    source: from,
    links,
    match: null,
    target: to,
    settled: await facts.get(settings.name, 'settled', key),
    inherited: await facts.get(settings.name, 'inherited', key),
    held: new Set(),
    references: new Map(),
    express: target.express,
    capabilities: target.capabilities,
    fingerprint,
  });
  const { decision } = plan;
  const repairs = news.kind !== 'compare' || news.repair === true;
  if (decision.kind === 'patch' && repairs && from !== null && to !== null) target.put(asPatched(from, to));
  const outcome =
    decision.kind === 'skip'
      ? 'unchanged'
      : decision.kind === 'park'
        ? 'parked'
        : decision.kind === 'wait'
          ? 'delayed'
          : repairs
            ? 'applied'
            : 'differs';
  return {
    offset,
    root: key,
    kind: news.kind,
    via: news.via,
    ...(news.run === undefined ? {} : { run: news.run }),
    outcome,
    ...(decision.kind === 'skip' || decision.kind === 'park' ? { reason: decision.reason } : {}),
    ...(decision.kind === 'park' ? { message: decision.message } : {}),
    receivedAt: news.receivedAt,
    sourceChangedAt: from?.changedAt ?? null,
    entities: [...plan.entities],
    differences: [...plan.differences],
  };
}

function asPatched(from: StoredRoot, to: StoredRoot): StoredRoot {
  if (from.root === 'product' && to.root === 'product') {
    const variants = to.variants.map((variant, index) => ({
      ...variant,
      variant: { ...variant.variant, quantity: from.variants[index]?.variant.quantity ?? null },
    }));
    return { ...to, variants };
  }
  if (from.root === 'customer' && to.root === 'customer') return { ...to, customer: from.customer };
  return to;
}
