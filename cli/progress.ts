import type { Io } from './io.ts';

export type ProgressStep = { readonly stage: string; readonly done: number; readonly of: number | null };

/** A line that is written over and over while something takes its time: on a terminal only, and never wider than it is. */
export type ProgressLine = {
  readonly show: (label: string, step: ProgressStep) => void;
  /** Takes the line away. */
  readonly clear: () => void;
};

const WIDTH = 28;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgressLine(io: Pick<Io, 'err' | 'errColumns'>): ProgressLine {
  let shown = '';
  return {
    show: (label, step) => {
      if (io.errColumns === undefined) return;
      // A line that wraps would leave its upper half standing at each step.
      const line = fitting(label, step, io.errColumns - 1);
      if (line === shown) return;
      shown = line;
      io.err(`${CLEAR_LINE}${line}`);
    },
    clear: () => {
      if (shown !== '') io.err(CLEAR_LINE);
      shown = '';
    },
  };
}

function fitting(label: string, step: ProgressStep, columns: number): string {
  const whole = `${label}  ${progressText(step)}`;
  const bar = Math.max(0, WIDTH - Math.max(0, whole.length - columns));
  return `${label}  ${progressText(step, bar)}`.slice(0, columns);
}

/** `scanning ██████░░░░  1,200 of 2,049`; without a bar where the end is not known. */
export function progressText({ stage, done, of }: ProgressStep, width = WIDTH): string {
  if (of === null || of === 0) return `${stage}  ${done.toLocaleString('en')}`;
  const full = Math.round(Math.min(1, done / of) * width);
  return `${stage}  ${'█'.repeat(full)}${'░'.repeat(width - full)}  ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
}
