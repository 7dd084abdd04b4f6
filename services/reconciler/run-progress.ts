import type { OnProgress, Progress } from './scan-stores.ts';

/** How far a running comparison is, and how long it will take at the speed of its present stage. */
export type RunProgress = Progress & { readonly leftMs: number | null };

export type ProgressWatch = {
  readonly watch: (onProgress?: OnProgress) => OnProgress;
  readonly ended: () => void;
  /** Null: nothing is compared now. */
  readonly now: () => RunProgress | null;
};

/** Remembers the progress of the comparison that runs, for whoever asks how it is doing. */
export function watchProgress(now: () => number): ProgressWatch {
  let latest: Progress | null = null;
  let began: { readonly at: number; readonly done: number } = { at: 0, done: 0 };
  const keep = (progress: Progress): void => {
    if (
      latest === null ||
      latest.stage !== progress.stage ||
      latest.side !== progress.side ||
      latest.root !== progress.root
    )
      began = { at: now(), done: progress.done };
    latest = progress;
  };
  return {
    watch: (onProgress) => (progress) => {
      keep(progress);
      onProgress?.(progress);
    },
    ended: () => (latest = null),
    now: () => (latest === null ? null : { ...latest, leftMs: leftMs(latest, began, now()) }),
  };
}

// What an earlier process had done before this one says nothing of the speed.
function leftMs({ done, of }: Progress, began: { readonly at: number; readonly done: number }, now: number) {
  if (of === null || done <= began.done) return null;
  return ((now - began.at) / (done - began.done)) * Math.max(0, of - done);
}
