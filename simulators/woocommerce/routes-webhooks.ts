import { RestError } from './errors.ts';
import { checkListParams, ordered, pageOf } from './list.ts';
import type { Rendered } from './render-product.ts';
import { apiUrl, bothTimes, itemLinks } from './render-product.ts';
import type { Call, Reply, Route } from './route.ts';
import { WRITES, created, idOf, ok, withoutHints } from './route.ts';
import type { Shop } from './shop.ts';
import type { Webhook } from './types.ts';
import { booleanOf, textOf } from './values.ts';
import { HOOKS, createWebhook, deleteWebhook, updateWebhook, webhookOf } from './webhooks.ts';

/** Neither the secret nor the number of failures is ever told. */
function renderWebhook(shop: Shop, webhook: Webhook): Rendered {
  const { id, name, status, topic, delivery_url } = webhook;
  const [resource, event] = topic.split('.');
  return {
    id,
    name,
    status,
    topic,
    resource,
    event,
    hooks: HOOKS[topic] ?? [event],
    delivery_url,
    ...bothTimes(shop, 'date_created', webhook.date_created_gmt),
    ...bothTimes(shop, 'date_modified', webhook.date_modified_gmt),
    _links: itemLinks(apiUrl(shop, `webhooks/${id}`), apiUrl(shop, 'webhooks')),
  };
}

function listWebhooks(call: Call): Reply {
  checkListParams(call, { orderby: ['date', 'id', 'title'], statuses: ['all', 'active', 'paused', 'disabled'] });
  const status = textOf(call.query['status']);
  const rows = [...call.shop.tables.webhook.values()].filter(
    (webhook) => status === '' || status === 'all' || webhook.status === status,
  );
  return pageOf(call, ordered(call, rows), (webhook) => renderWebhook(call.shop, webhook));
}

/** The ping goes out within this request; whatever it gets, the webhook is made. */
async function postWebhook(call: Call): Promise<Reply> {
  const { shop } = call;
  const webhook = createWebhook(shop, call.body, call.cause);
  if (webhook.status === 'active') await call.ping(webhook.id);
  return created(renderWebhook(shop, webhook), apiUrl(shop, `webhooks/${webhook.id}`));
}

function putWebhook(call: Call): Reply {
  const { shop } = call;
  return ok(renderWebhook(shop, updateWebhook(shop, webhookOf(shop, idOf(call)), call.body, call.cause)));
}

function removeWebhook(call: Call): Reply {
  const webhook = webhookOf(call.shop, idOf(call));
  if (!booleanOf(call.query['force'] ?? call.body['force'])) {
    throw new RestError('woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.', 501);
  }
  deleteWebhook(call.shop, webhook, call.cause);
  return ok(withoutHints(renderWebhook(call.shop, webhook)));
}

export const WEBHOOK_ROUTES: readonly Route[] = [
  { verbs: ['GET'], path: 'webhooks', access: 'list', handle: listWebhooks },
  { verbs: ['POST'], path: 'webhooks', access: 'create', handle: postWebhook },
  {
    verbs: ['GET'],
    path: 'webhooks/{id}',
    access: 'view',
    handle: (call) => ok(renderWebhook(call.shop, webhookOf(call.shop, idOf(call)))),
  },
  { verbs: WRITES, path: 'webhooks/{id}', access: 'edit', handle: putWebhook },
  { verbs: ['DELETE'], path: 'webhooks/{id}', access: 'delete', handle: removeWebhook },
];
