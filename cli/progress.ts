import type { Io } from './io.ts';

export type ProgressStep = { readonly stage: string; readonly done: number; readonly of: number | null };

/** A line that is written over and over while something takes its time: on a terminal only. */
export type ProgressLine = {
  readonly show: (label: string, step: ProgressStep) => void;
  /** Takes the line away. */
  readonly clear: () => void;
};

const WIDTH = 28;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgressLine(io: Pick<Io, 'err' | 'isTerminal'>): ProgressLine {
  let shown = '';
  return {
    show: (label, step) => {
      const line = `${label}  ${progressText(step)}`;
      if (!io.isTerminal || line === shown) return;
      shown = line;
      io.err(`${CLEAR_LINE}${line}`);
    },
    clear: () => {
      if (shown !== '') io.err(CLEAR_LINE);
      shown = '';
    },
  };
}

/** `scanning ██████░░░░  1,200 of 2,049`; without a bar where the end is not known. */
export function progressText({ stage, done, of }: ProgressStep): string {
  if (of === null || of === 0) return `${stage}  ${done.toLocaleString('en')}`;
  const full = Math.round(Math.min(1, done / of) * WIDTH);
  return `${stage}  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}  ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
}
