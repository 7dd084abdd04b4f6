import { createHash, createHmac } from 'node:crypto';
import type { DeliveryRecord } from '../core/ledger.ts';
import { mayCall, post } from './post.ts';
import type { Shop } from './shop.ts';
import type { Webhook } from './types.ts';
import { phpJson } from './values.ts';
import type { Pending, WebhookQueue } from './webhooks.ts';
import { countDelivery, pingAnswered } from './webhooks.ts';

export type Delivery = {
  readonly webhookId: number;
  readonly topic: string;
  readonly entity: string;
  readonly id: number;
  readonly parentId?: number;
  readonly causedAt: number;
};

/** `delayMs`: the body is rendered now and arrives that much later, perhaps after a later one. */
export type DeliveryFate = 'deliver' | 'lose' | 'double' | { readonly delayMs: number };
export type DeliveryPolicy = (delivery: Delivery) => DeliveryFate;

export type Deliveries = {
  /** Sends all that is queued and all that was held back until now; answers how many requests went out. */
  readonly deliverDue: () => Promise<number>;
  /** What waits: queued, or held back. */
  readonly outstanding: () => number;
  readonly start: (options: { readonly intervalMs: number }) => void;
  readonly stop: () => Promise<void>;
  readonly ping: (webhook: Webhook) => Promise<void>;
  readonly setPolicy: (policy: DeliveryPolicy) => void;
};

type Options = {
  readonly shop: Shop;
  readonly queue: WebhookQueue;
  /** The body of this resource as REST shows it now (an error's body where it is gone). */
  readonly render: (delivery: Delivery) => unknown;
  readonly policy: DeliveryPolicy;
  readonly allowReceiver: (url: URL) => boolean;
};

type Rendered = Delivery & {
  readonly body: string;
  readonly renderedAt: number;
  readonly coversSeq: number;
  readonly dueAt: number;
  readonly order: number;
};

const AGENT = 'WooCommerce/10.2.4 Hookshot (WordPress/6.8.8)';

type Sender = {
  readonly ping: (webhook: Webhook) => Promise<void>;
  readonly send: (delivery: Rendered, times: 1 | 2) => Promise<number>;
  readonly lost: (delivery: Rendered) => void;
};

function createSender({ shop, allowReceiver }: Pick<Options, 'shop' | 'allowReceiver'>): Sender {
  const lastArrived = new Map<string, number>();

  function record(
    delivery: Rendered,
    end: Pick<DeliveryRecord, 'outcome' | 'reordered' | 'status' | 'arrivedAt' | 'arrivedSeq'>,
  ): void {
    const { topic, entity, id, parentId, causedAt, renderedAt, coversSeq } = delivery;
    const parent = parentId === undefined ? {} : { parentId: String(parentId) };
    shop.ledger.delivery({ topic, entity, id: String(id), ...parent, causedAt, renderedAt, coversSeq, ...end });
  }

  /** Unsigned, form-encoded, within the request that makes the webhook; whatever it gets, the webhook is made. */
  async function ping(webhook: Webhook): Promise<void> {
    if (!mayCall(webhook.delivery_url, allowReceiver)) return;
    const headers = {
      'User-Agent': AGENT,
      Accept: '*/*',
      Connection: 'close',
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    const status = await post({
      url: webhook.delivery_url,
      headers,
      body: `webhook_id=${webhook.id}`,
      timeoutMs: 5000,
    });
    if (status === 200) pingAnswered(shop, webhook.id);
  }

  async function call(webhook: Webhook, delivery: Rendered): Promise<number> {
    const headers = deliveryHeaders(shop, webhook, delivery.body);
    const allowed = mayCall(webhook.delivery_url, allowReceiver);
    const status = allowed
      ? await post({ url: webhook.delivery_url, headers, body: delivery.body, timeoutMs: 60_000 })
      : 0;
    countDelivery(shop, webhook.id, succeeded(status));
    // While its ping was not answered with exactly 200, each delivery brings another.
    const present = shop.tables.webhook.get(webhook.id);
    if (present !== undefined && !present.ping_answered) await ping(present);
    return status;
  }

  async function send(delivery: Rendered, times: 1 | 2): Promise<number> {
    const webhook = shop.tables.webhook.get(delivery.webhookId);
    if (webhook === undefined) return 0;
    const key = `${delivery.webhookId}:${delivery.id}`;
    const reordered = (lastArrived.get(key) ?? 0) > delivery.order;
    lastArrived.set(key, Math.max(lastArrived.get(key) ?? 0, delivery.order));
    const arrived = { arrivedAt: shop.now(), arrivedSeq: shop.ledger.entries.length - 1 };
    const status = await call(webhook, delivery);
    if (times === 2) await call(webhook, delivery);
    const came = succeeded(status);
    record(delivery, {
      outcome: came ? (times === 2 ? 'doubled' : 'delivered') : 'failed',
      ...(came ? arrived : {}),
      ...(reordered ? { reordered } : {}),
      status,
    });
    return times;
  }

  return { ping, send, lost: (delivery) => record(delivery, { outcome: 'lost' }) };
}

export function createDeliveries({ shop, queue, render, policy, allowReceiver }: Options): Deliveries {
  const sender = createSender({ shop, allowReceiver });
  let decide = policy;
  let held: Rendered[] = [];
  let rendered = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  function renderNow(delivery: Pending, delayMs: number): Rendered {
    const now = shop.now();
    const body = phpJson(render(delivery));
    rendered += 1;
    return {
      ...delivery,
      body,
      renderedAt: now,
      coversSeq: shop.ledger.entries.length - 1,
      dueAt: now + delayMs,
      order: rendered,
    };
  }

  async function drain(): Promise<number> {
    let sent = 0;
    const due = held.filter(({ dueAt }) => dueAt <= shop.now());
    held = held.filter(({ dueAt }) => dueAt > shop.now());
    for (let delivery = queue.take(); delivery !== undefined; delivery = queue.take()) {
      const fate = decide(delivery);
      const ready = renderNow(delivery, typeof fate === 'object' ? fate.delayMs : 0);
      if (fate === 'lose') sender.lost(ready);
      else if (typeof fate === 'object') held.push(ready);
      else sent += await sender.send(ready, fate === 'double' ? 2 : 1);
    }
    for (const delivery of due) sent += await sender.send(delivery, 1);
    return sent;
  }

  /** One runner, as in the shop: what is asked for while it works comes after it. */
  function deliverDue(): Promise<number> {
    waiting += 1;
    const turn = running.then(drain).finally(() => {
      waiting -= 1;
    });
    running = turn.catch(() => undefined);
    return turn;
  }

  return {
    deliverDue,
    outstanding: () => queue.size() + held.length + waiting,
    start({ intervalMs }) {
      timer ??= setInterval(() => {
        if (waiting === 0) void deliverDue();
      }, intervalMs);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
    ping: sender.ping,
    setPolicy(next) {
      decide = next;
    },
  };
}

/** 301 and 302 count as success, and are not followed: the event is lost. */
function succeeded(status: number): boolean {
  return status >= 200 && status <= 302;
}

function deliveryHeaders(shop: Shop, webhook: Webhook, body: string): Readonly<Record<string, string>> {
  const [resource = '', event = ''] = webhook.topic.split('.');
  const second = Math.floor(shop.now() / 1000);
  return {
    'User-Agent': AGENT,
    Accept: '*/*',
    'Accept-Encoding': 'deflate, gzip, br, zstd',
    'Content-Type': 'application/json',
    'X-WC-Webhook-Source': `${shop.identity().siteUrl}/`,
    'X-WC-Webhook-Topic': webhook.topic,
    'X-WC-Webhook-Resource': resource,
    'X-WC-Webhook-Event': event,
    'X-WC-Webhook-Signature': createHmac('sha256', decodedSecret(webhook.secret)).update(body).digest('base64'),
    'X-WC-Webhook-ID': String(webhook.id),
    // Of the webhook and the second: deliveries within one second share it.
    'X-WC-Webhook-Delivery-ID': createHash('md5').update(`${webhook.id}${second}`).digest('hex'),
    Connection: 'close',
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#039;': "'",
};

/** Entities in the secret are decoded before it signs. */
function decodedSecret(secret: string): string {
  return secret.replaceAll(/&(?:amp|lt|gt|quot|#039);/g, (entity) => ENTITIES[entity] ?? entity);
}
