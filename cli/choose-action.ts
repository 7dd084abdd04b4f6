import { nearest } from '#libs/runtime/nearest.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

/**
 * The one of a verb's actions that its first word names; without a word, `list`.
 *
 * @throws {SyncError} USAGE, with the action that was probably meant.
 */
export function chooseAction<A>(verb: string, word: string | undefined, actions: Readonly<Record<string, A>>): A {
  const name = word ?? 'list';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return action;
  const names = Object.keys(actions);
  const meant = nearest(name, names);
  const instead = meant === null ? `use ${names.join(', ')}` : `did you mean "${meant}"?`;
  throw new SyncError('USAGE', `Cannot do "${verb} ${name}": ${instead}`);
}
