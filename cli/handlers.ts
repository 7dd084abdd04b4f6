import { check } from './check-handler.ts';
import type { Handler } from './handler.ts';
import { log } from './log-handler.ts';
import { dropParked, listParked, retryParked } from './parked-handlers.ts';
import { pause, resume } from './pause-handlers.ts';
import { status } from './status-handler.ts';
import { createWebhooks, deleteWebhooks, listWebhooks } from './webhooks-handlers.ts';

/** What the running process does for other verbs, by name; where none runs the verb does the same itself. One line each. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  check,
  status,
  pause,
  resume,
  log,
  'parked.list': listParked,
  'parked.retry': retryParked,
  'parked.drop': dropParked,
  'webhooks.list': listWebhooks,
  'webhooks.create': createWebhooks,
  'webhooks.delete': deleteWebhooks,
};
