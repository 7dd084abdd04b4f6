import { check } from './check-handler.ts';
import type { Handler } from './handler.ts';
import { checkLinks, ignoreLinks, listLinks, openLinks, putLinks, setLink } from './links/links-handlers.ts';
import { log } from './log-handler.ts';
import { listMails, mailsOff, restoreMails } from './mails-handlers.ts';
import { dropParked, listParked, retryParked } from './parked-handlers.ts';
import { pause, resume } from './pause-handlers.ts';
import { approve, latestPlan, makePlan } from './plan-handlers.ts';
import { reconcile } from './reconcile-handler.ts';
import { listReports, showReport } from './report-handlers.ts';
import { status } from './status-handler.ts';
import { sync } from './sync-handler.ts';
import { listWebhooks, mendWebhooks, removeWebhooks } from './webhooks-handlers.ts';

/** What the running process does for other verbs, by name; where none runs the verb does the same itself. One line each. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  check,
  plan: makePlan,
  'plan.latest': latestPlan,
  approve,
  sync,
  reconcile,
  status,
  pause,
  resume,
  log,
  'mails.list': listMails,
  'mails.off': mailsOff,
  'mails.restore': restoreMails,
  'links.list': listLinks,
  'links.open': openLinks,
  'links.set': setLink,
  'links.ignore': ignoreLinks,
  'links.check': checkLinks,
  'links.put': putLinks,
  'parked.list': listParked,
  'parked.retry': retryParked,
  'parked.drop': dropParked,
  'report.list': listReports,
  'report.show': showReport,
  'webhooks.list': listWebhooks,
  'webhooks.mend': mendWebhooks,
  'webhooks.remove': removeWebhooks,
};
