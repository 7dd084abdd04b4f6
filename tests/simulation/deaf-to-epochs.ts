import type { Epoch, EventLog } from '#libs/event-log/event-log.ts';

/**
 * A log whose consumer never hears that an epoch is over: neither by its signal, nor by `lost`, and its facts are not fenced. All else
 * stays as it is: what was taken away is delivered to another one, and a commit of an old epoch is refused.
 */
export function deafToEpochs(log: EventLog): EventLog {
  const known = new Map<Epoch, Epoch>();
  const real = (epoch: Epoch): Epoch => [...known].find(([, deaf]) => deaf === epoch)?.[0] ?? epoch;
  const deafened = (epoch: Epoch): Epoch => {
    const deaf = known.get(epoch) ?? { ...epoch, signal: new AbortController().signal };
    known.set(epoch, deaf);
    return deaf;
  };
  return {
    ...log,
    consume: async (pair, handlers, options) => {
      const consumption = await log.consume(
        pair,
        {
          onAssigned: (assigned) => handlers.onAssigned({ ...assigned, epoch: deafened(assigned.epoch) }),
          onNews: (epoch, news) => handlers.onNews(deafened(epoch), news),
          // What waits in its queue goes; what is in work is not told.
          onLost: (epoch) => handlers.onLost(deafened(epoch)),
          onGap: (epoch, ...gap) => handlers.onGap(deafened(epoch), ...gap),
        },
        options,
      );
      return { ...consumption, resume: (epoch) => consumption.resume(real(epoch)) };
    },
    begin: async (epoch, offset) => {
      await log.begin(real(epoch), offset);
      return 'held';
    },
    settle: async (epoch, ...settled) => {
      await log.settle(real(epoch), ...settled);
      return 'held';
    },
    appendFacts: (facts) => log.appendFacts(facts),
  };
}
