import type { unheardKinds } from '../services/reconciler/note-unheard.ts';
import type { FaultyTopic, WebhookFault } from '../services/reconciler/plan-webhooks.ts';
import { count, minute } from './text.ts';

const WORDS: Readonly<Record<WebhookFault, string>> = {
  missing: 'missing',
  disabled: 'stopped by the shop, after failures',
  paused: 'paused at the shop',
  doubled: 'there twice',
  elsewhere: 'calling another address',
  unsound: 'not telling all that is needed',
  'not wanted': 'not needed',
};

/** `product.updated is stopped by the shop, after failures` */
export function faultText({ topic, why }: FaultyTopic): string {
  return `${topic} is ${WORDS[why]}`;
}

/** `12 changes of orders were found by sweeps alone, and none was told since 09:14` */
export function unheardText({ root, since, found }: ReturnType<typeof unheardKinds>[number]): string {
  return `${count(found, 'change')} of ${root}s were found by sweeps alone, and none was told since ${minute(since)}`;
}
