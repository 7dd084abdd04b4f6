import { createHmac } from 'node:crypto';

import type { DeliveryRecord } from '../../core/ledger.ts';
import type { WebhookSubscriptionRecord } from '../app-records.ts';
import type { World } from '../world.ts';
import { bodyOf } from './bodies.ts';
import { eventsOf, type WebhookEvent } from './events.ts';
import { post } from './post.ts';
import { matchesFilter, pickFields, writeJson } from './wire-json.ts';

export type Delivery = WebhookEvent & {
  readonly subscriptionId: string;
  readonly causedAt: number;
  /** The same for all deliveries that one act caused. */
  readonly eventId: string;
};
/** `delayMs`: the body is written now and arrives that much later, perhaps after a later one. */
export type DeliveryFate = 'deliver' | 'lose' | 'double' | { readonly delayMs: number };
export type DeliveryPolicy = (delivery: Delivery) => DeliveryFate;

export type Deliveries = {
  /** Sends all that is queued, and all that was held back or failed and is due; answers how many requests went out. */
  readonly deliverDue: () => Promise<number>;
  /** What waits to be sent for the first time. */
  readonly outstandingDeliveries: () => number;
  /** What failed and will be tried again. */
  readonly retryingDeliveries: () => number;
  readonly startDeliveries: (options: { readonly intervalMs: number }) => void;
  readonly stopDeliveries: () => Promise<void>;
  readonly setDeliveryPolicy: (policy: DeliveryPolicy) => void;
};

/** A body as it was written, with where it goes: a retry carries the same to the same address, whatever became of the subscription. */
type Written = Delivery & {
  readonly uri: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly renderedAt: number;
  readonly coversSeq: number;
  readonly dueAt: number;
  readonly order: number;
  readonly failures: number;
};

/** So many requests are on their way at a time: one that takes long is overtaken. */
const AT_ONCE = 8;

export type DeliveryOptions = {
  readonly world: World;
  /** The app's secret, which signs. */
  readonly secret: string;
  readonly policy: DeliveryPolicy;
};

export function createDeliveries({ world, secret, policy }: DeliveryOptions): Deliveries {
  const queue = createQueue(world);
  const outbox = createOutbox(world, queue);
  const writer = createWriter(world, secret);
  const isRepeated = createDebounce(world);
  let decide = policy;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** What is to be sent now, of what is new. */
  const fresh = (): readonly Sending[] =>
    queue.take().flatMap((delivery) => {
      const written = writer(delivery);
      if (written === undefined) return [];
      const fate = decide(delivery);
      if (fate === 'lose' || isRepeated(written)) {
        outbox.lose(written);
        return [];
      }
      if (typeof fate === 'object') {
        outbox.hold(written, fate.delayMs);
        return [];
      }
      return [{ written, times: fate === 'double' ? 2 : 1 }];
    });
  const drain = async (): Promise<number> => {
    world.settle();
    const late = outbox.due();
    const ready = [...fresh(), ...late];
    const counts = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        let sent = 0;
        for (let next = ready.shift(); next !== undefined; next = ready.shift()) sent += await outbox.send(next);
        return sent;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const deliverDue = (): Promise<number> => {
    waiting += 1;
    const turn = running.then(drain).finally(() => {
      waiting -= 1;
    });
    running = turn.catch(() => undefined);
    return turn;
  };

  return {
    deliverDue,
    outstandingDeliveries: () => queue.size() + outbox.held() + waiting,
    retryingDeliveries: outbox.failed,
    startDeliveries({ intervalMs }) {
      timer ??= setInterval(() => {
        if (waiting === 0) void deliverDue();
      }, intervalMs);
    },
    async stopDeliveries() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
    setDeliveryPolicy(next) {
      decide = next;
    },
  };
}

type Sending = { readonly written: Written; readonly times: number };
type Outbox = {
  readonly send: (sending: Sending) => Promise<number>;
  readonly lose: (delivery: Written) => void;
  readonly hold: (delivery: Written, delayMs: number) => void;
  /** What was held back, or failed, and is to be sent now. */
  readonly due: () => readonly Sending[];
  readonly held: () => number;
  readonly failed: () => number;
};
type End = Pick<DeliveryRecord, 'outcome' | 'reordered' | 'status' | 'arrivedAt' | 'arrivedSeq'>;

function createOutbox(world: World, queue: Queue): Outbox {
  const lastArrived = new Map<string, number>();
  let held: Written[] = [];
  let failed: Written[] = [];

  const record = (delivery: Written, end: End): void => {
    const { topic, entity, id, parentId, causedAt, renderedAt, coversSeq } = delivery;
    const parent = parentId === undefined ? {} : { parentId };
    world.ledger.delivery({ topic, entity, id, ...parent, causedAt, renderedAt, coversSeq, ...end });
  };
  /** The shop takes a subscription away that nobody answers; what was still to be sent for it is gone. */
  const giveUp = (subscriptionId: string): void => {
    queue.drop(subscriptionId);
    const rest = [...held, ...failed].filter((one) => one.subscriptionId === subscriptionId);
    for (const one of rest) record(one, { outcome: one.failures > 0 ? 'failed' : 'lost' });
    held = held.filter((one) => !rest.includes(one));
    failed = failed.filter((one) => !rest.includes(one));
    if (world.webhooks.get(subscriptionId) !== undefined)
      world.as({ actor: 'store', callId: undefined }, () => world.webhooks.remove(subscriptionId));
  };
  const fail = (delivery: Written, status: number): void => {
    const wait = world.settings.retriesMs[delivery.failures];
    if (wait === undefined) {
      record(delivery, { outcome: 'failed', status });
      giveUp(delivery.subscriptionId);
    } else failed.push({ ...delivery, failures: delivery.failures + 1, dueAt: world.now() + wait });
  };

  return {
    async send({ written, times }) {
      const key = `${written.subscriptionId} ${written.id}`;
      const reordered = (lastArrived.get(key) ?? 0) > written.order;
      lastArrived.set(key, Math.max(lastArrived.get(key) ?? 0, written.order));
      const arrived = { arrivedAt: world.now(), arrivedSeq: world.ledger.entries.length - 1 };
      const sent = { url: world.settings.tunnel(written.uri), headers: written.headers, body: written.body };
      const status = await post(sent);
      if (times === 2) await post(sent);
      const outcome = times === 2 ? 'doubled' : 'delivered';
      if (status >= 200 && status < 300)
        record(written, { outcome, ...arrived, ...(reordered ? { reordered } : {}), status });
      else fail(written, status);
      return times;
    },
    lose: (delivery) => record(delivery, { outcome: 'lost' }),
    hold: (delivery, delayMs) => void held.push({ ...delivery, dueAt: world.now() + delayMs }),
    due() {
      const late = [...held, ...failed].filter(({ dueAt }) => dueAt <= world.now());
      held = held.filter((one) => !late.includes(one));
      failed = failed.filter((one) => !late.includes(one));
      return late.map((written) => ({ written, times: 1 }));
    },
    held: () => held.length,
    failed: () => failed.length,
  };
}

/** Bodies that are alike within a short time are sent once. */
function createDebounce(world: World): (delivery: Written) => boolean {
  const recent = new Map<string, number>();
  return ({ subscriptionId, body }) => {
    const key = `${subscriptionId} ${body}`;
    const before = recent.get(key);
    const since = world.now() - world.settings.debounceMs;
    if (recent.size > 10_000) for (const [old, at] of recent) if (at <= since) recent.delete(old);
    recent.set(key, world.now());
    return before !== undefined && before > since;
  };
}

type Queue = {
  readonly take: () => readonly Delivery[];
  readonly drop: (subscriptionId: string) => void;
  readonly size: () => number;
};

/** What is to be told, for each subscription and thing at most once: a burst of changes is one body, which carries the last state. */
function createQueue(world: World): Queue {
  let pending = new Map<string, Delivery>();
  let act: string | undefined;
  world.watch((change) => {
    const events = eventsOf(change);
    if (events.length === 0) return;
    if (act === undefined) {
      act = createId(world.random);
      // What happens in one piece was one act.
      queueMicrotask(() => {
        act = undefined;
      });
    }
    for (const event of events)
      for (const { id: subscriptionId, topic } of world.webhooks.all()) {
        const key = `${subscriptionId} ${event.topic} ${event.id}`;
        if (topic !== toEnum(event.topic) || pending.has(key)) continue;
        pending.set(key, { ...event, subscriptionId, causedAt: world.now(), eventId: act });
      }
  });
  return {
    take() {
      const taken = [...pending.values()];
      pending = new Map();
      return taken;
    },
    drop(subscriptionId) {
      for (const [key, delivery] of pending) if (delivery.subscriptionId === subscriptionId) pending.delete(key);
    },
    size: () => pending.size,
  };
}

function toEnum(topic: string): string {
  return topic.replaceAll(/[/.]/g, '_').toUpperCase();
}

function createId(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Undefined: there is nothing to be told (any more), or the subscription does not want it. */
function createWriter(world: World, secret: string): (delivery: Delivery) => Written | undefined {
  let written = 0;
  return (delivery) => {
    const subscription = world.webhooks.get(delivery.subscriptionId);
    const whole = bodyOf(world, delivery);
    if (subscription === undefined || whole === undefined || !matchesFilter(whole, subscription.filter))
      return undefined;
    const body = writeJson(pickFields(whole, subscription.includeFields));
    written += 1;
    return {
      ...delivery,
      uri: subscription.uri,
      body,
      headers: headersOf(world, { delivery, subscription, body, secret }),
      renderedAt: world.now(),
      coversSeq: world.ledger.entries.length - 1,
      dueAt: world.now(),
      order: written,
      failures: 0,
    };
  };
}

function headersOf(
  world: World,
  {
    delivery,
    subscription,
    body,
    secret,
  }: { delivery: Delivery; subscription: WebhookSubscriptionRecord; body: string; secret: string },
): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'Shopify-Captain-Hook',
    'X-Shopify-Topic': delivery.topic,
    'X-Shopify-Hmac-Sha256': createHmac('sha256', secret).update(body).digest('base64'),
    'X-Shopify-Shop-Domain': `${world.settings.shop}.myshopify.com`,
    'X-Shopify-API-Version': world.settings.answeringVersion ?? '2026-10',
    'X-Shopify-Webhook-Id': createId(world.random),
    'X-Shopify-Event-Id': delivery.eventId,
    'X-Shopify-Triggered-At': new Date(delivery.causedAt).toISOString(),
    ...(subscription.name === null ? {} : { 'X-Shopify-Name': subscription.name }),
  };
}
