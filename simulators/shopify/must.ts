/** What the store has under this id. */
export function must<R>(found: R | undefined, id: string): R {
  if (found === undefined) throw new Error(`Cannot act on "${id}": the store does not have it`);
  return found;
}
