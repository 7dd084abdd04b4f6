import type { EventLog } from '#libs/event-log/event-log.ts';
import type { Profile } from './profile.ts';
import { SESSION_MS } from './stage.ts';

/** A comparison's question as its process began to publish it. */
export type Question = { readonly at: number; readonly process: string };

/** A log that writes down when this process asks for a comparison, before anything can stop it on the way. */
export function watchQuestions(
  log: EventLog,
  process: string,
  { now, questions }: { readonly now: () => number; readonly questions: Question[] },
): EventLog {
  return {
    ...log,
    publish(news, options) {
      if (news.some(({ kind }) => kind === 'compare')) questions.push({ at: now(), process });
      return log.publish(news, options);
    },
  };
}

/**
 * One reconciler a pair: who asks holds the lease, and whoever takes over from a dead one has waited for its end, which is at least two
 * thirds of its life away. A state store that forgets forgets leases as well, so then nothing is judged.
 */
export function judgeLease({ flushes, fallBacks = 0 }: Profile, questions: readonly Question[]): readonly string[] {
  if (flushes + fallBacks > 0) return [];
  return questions.flatMap(({ at, process }, index) => {
    const before = questions[index - 1];
    return before !== undefined && before.process !== process && at - before.at < SESSION_MS / 2
      ? [`${before.process} and ${process} compared at the same time`]
      : [];
  });
}
