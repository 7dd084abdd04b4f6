import { SyncError } from '../sync-error.ts';
import type { ConfigPath } from './yaml-source.ts';

export type Position = { readonly line: number; readonly column: number };

/** One thing that is wrong in the config: where, what, and what to do. */
export type Mistake = {
  readonly file: string;
  readonly position: Position;
  readonly path: string;
  readonly message: string;
  /** A second line: what would be right. */
  readonly choices?: string;
};

/** Every mistake of a config at once, as text for people. */
export class ConfigError extends SyncError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super('CONFIG_INVALID', formatMistakes(mistakes));
    this.mistakes = mistakes;
  }
}

/** `pairs.acme.sync.order.fields[1]` */
export function formatPath(path: ConfigPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const plain = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
      return index === 0 ? plain : `.${plain}`;
    })
    .join('');
}

/** Files one after the other, mistakes in the order of their lines, in columns. */
export function formatMistakes(mistakes: readonly Mistake[]): string {
  const files = Map.groupBy(mistakes, ({ file }) => file);
  return [...files].map(([file, inFile]) => formatFile(file, inFile)).join('\n');
}

function formatFile(file: string, mistakes: readonly Mistake[]): string {
  const sorted = mistakes.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
  const places = sorted.map(({ position }) => `${position.line}:${position.column}`);
  const placeWidth = Math.max(...places.map((place) => place.length));
  const pathWidth = Math.min(48, Math.max(...sorted.map(({ path }) => path.length)));
  const lines = sorted.flatMap(({ path, message, choices }, index) => {
    const head = `  ${(places[index] ?? '').padEnd(placeWidth)}  ${path.padEnd(pathWidth)}  `;
    const second = ' '.repeat(4 + placeWidth + 2 + pathWidth);
    return choices === undefined ? [`${head}${message}`] : [`${head}${message}`, `${second}(${choices})`];
  });
  return [`${file} has ${sorted.length} ${sorted.length === 1 ? 'mistake' : 'mistakes'}:`, ...lines].join('\n');
}
