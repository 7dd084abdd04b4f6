import type { RunFile } from './run-file.ts';

/** A run's file that asks before each use whether the run is still this process' own; closing it is always allowed. */
export function guardRunFile(file: RunFile, assertHeld: () => void): RunFile {
  const guarded = Object.entries(file).map(([name, member]) => {
    if (typeof member !== 'function' || name === 'close') return [name, member];
    const use = member as (...args: readonly unknown[]) => unknown;
    return [
      name,
      (...args: readonly unknown[]) => {
        assertHeld();
        return use(...args);
      },
    ];
  });
  return Object.fromEntries(guarded) as RunFile;
}
