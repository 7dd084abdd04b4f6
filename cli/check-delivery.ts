import type { Finding, Subscription, WriteContext } from '#libs/connectors/store-connector.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { Clock } from '#libs/runtime/clock.ts';

export type DeliveryParts = {
  readonly pair: string;
  readonly source: Pick<StoreConnector, 'provoke'>;
  readonly log: Pick<EventLog, 'ends' | 'readNews'>;
  readonly clock: Clock;
  /** The pair's subscriptions that are active. */
  readonly active: readonly Subscription[];
  /** Whether webhooks can arrive at all: somewhere a process takes them. */
  readonly isTaken: boolean;
  /** How long to wait, and how often to look, milliseconds. */
  readonly waitMs?: number;
  readonly everyMs?: number;
};

// A shop whose cron waits for visitors was seen to take ninety seconds.
const WAIT_MS = 180_000;
const EVERY_MS = 500;
/** What takes longer is sent by a clock that ticks seldom. */
const SLOW_MS = 70_000;
const PAGE = 1_000;

const topic = 'delivery';

/** Has the old shop send one webhook, and times it from there onto the log. */
export async function deliveryFinding(parts: DeliveryParts, call: WriteContext): Promise<Finding> {
  const { source, clock, isTaken, waitMs = WAIT_MS } = parts;
  const root = rootToTry(parts.active);
  if (source.provoke === undefined)
    return { level: 'ok', topic, message: 'not timed: the old shop’s platform sends none on demand' };
  if (!isTaken)
    return warning('not timed: no process takes webhooks here', 'lockstep start, and beside it the same again');
  if (root === null)
    return warning('not timed: no webhook is active that could be tried', `lockstep webhooks register ${parts.pair}`);
  const ends = await parts.log.ends(parts.pair);
  const begunAt = clock.monotonic();
  const saved = await source.provoke(root, call);
  if (saved === null) return { level: 'ok', topic, message: `not timed: the old shop has no ${root} to save` };
  const from = new Map(ends.map(({ partition, end }) => [partition, end]));
  while (clock.monotonic() - begunAt < waitMs) {
    if (await hasArrived(parts, from, { root, rootId: saved })) return toFinding(clock.monotonic() - begunAt, root);
    await clock.sleep(parts.everyMs ?? EVERY_MS, call.signal);
  }
  return {
    level: 'problem',
    topic,
    message: `none came within ${seconds(waitMs)} after a ${root} was saved`,
    remedy:
      'does ingest.publicUrl lead to this process, by https on port 443 or 8080? In WordPress, have a system cron call wp-cron.php each minute, and look at the log of the webhook',
  };
}

function toFinding(tookMs: number, root: RootKind): Finding {
  const message = `a webhook came ${seconds(tookMs)} after a ${root} was saved`;
  if (tookMs <= SLOW_MS) return { level: 'ok', topic, message };
  return warning(message, 'have a system cron call wp-cron.php each minute: without one WordPress waits for visitors');
}

function warning(message: string, remedy: string): Finding {
  return { level: 'warning', topic, message, remedy };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** Products first: to save one stirs least. */
function rootToTry(active: readonly Subscription[]): RootKind | null {
  const topics = new Set(active.filter(({ status }) => status === 'active').map((one) => one.topic));
  if (topics.has('product.updated')) return 'product';
  return topics.has('order.updated') ? 'order' : null;
}

async function hasArrived(
  { log, pair }: Pick<DeliveryParts, 'log' | 'pair'>,
  from: Map<number, number>,
  { root, rootId }: { readonly root: RootKind; readonly rootId: string },
): Promise<boolean> {
  for (const [partition, start] of from) {
    const read = await log.readNews(pair, partition, start, PAGE);
    const last = read.at(-1);
    if (last !== undefined) from.set(partition, last.offset + 1);
    if (read.some(({ news }) => news?.via === 'webhook' && news.root === root && news.rootId === rootId)) return true;
  }
  return false;
}
