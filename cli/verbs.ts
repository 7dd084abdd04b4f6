import type { Verb } from './verb.ts';

export type VerbEntry = { readonly summary: string; readonly load: () => Promise<Verb> };

/**
 * Every verb, in the order of help. Adding one is a file that exports `verb` and one line here; it is loaded only when it is
 * called, so that `help` stays quick. A verb that asks or changes something has a handler as well: one line in handlers.ts.
 */
export const VERBS: Readonly<Record<string, VerbEntry>> = {
  init: { summary: 'write a commented config to begin with', load: async () => (await import('./init.ts')).verb },
  connect: {
    summary: 'let a merchant hand out keys by consent',
    load: async () => (await import('./connect.ts')).verb,
  },
  check: { summary: 'look at everything before the first run', load: async () => (await import('./check.ts')).verb },
  webhooks: { summary: 'register webhooks at the old shop', load: async () => (await import('./webhooks.ts')).verb },
  mails: {
    summary: 'switch the mails of the new shop off, and back',
    load: async () => (await import('./mails.ts')).verb,
  },
  links: {
    summary: 'what of the old shop is what in the new one',
    load: async () => (await import('./links.ts')).verb,
  },
  plan: { summary: 'what would be written, were it approved', load: async () => (await import('./plan.ts')).verb },
  approve: { summary: 'let the pair write what was planned', load: async () => (await import('./approve.ts')).verb },
  start: { summary: 'run, until it is stopped', load: async () => (await import('./start.ts')).verb },
  status: { summary: 'how each pair is doing', load: async () => (await import('./status.ts')).verb },
  sync: { summary: 'look at one product, order or customer now', load: async () => (await import('./sync.ts')).verb },
  reconcile: { summary: 'compare both shops now', load: async () => (await import('./reconcile.ts')).verb },
  report: { summary: 'what the comparisons found', load: async () => (await import('./report.ts')).verb },
  pause: { summary: 'write nothing more for a pair', load: async () => (await import('./pause.ts')).verb },
  resume: { summary: 'go on with a pair', load: async () => (await import('./resume.ts')).verb },
  parked: { summary: 'what was set aside for a person', load: async () => (await import('./parked.ts')).verb },
  log: { summary: 'who did what', load: async () => (await import('./log.ts')).verb },
  kafka: { summary: 'topics, lag and replay on the cluster', load: async () => (await import('./kafka.ts')).verb },
  demo: {
    summary: 'two shops and the whole pipeline, without set-up',
    load: async () => (await import('./demo.ts')).verb,
  },
};
