/** Runs tasks with at most `most` at a time; the results in the tasks' order. */
export async function inParallel<T, R>(
  list: readonly T[],
  most: number,
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = Array.from<R>({ length: list.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < list.length; index = next++) results[index] = await run(list[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, worker));
  return results;
}
