import type { ConfigPath } from './yaml-source.ts';
import { valueAt } from './zod-mistakes.ts';

type Later = { readonly path: ConfigPath; readonly message: string };

/** Settings that are understood and that this version cannot honour yet: refused, because ignoring them would mislead. */
export function findNotYet(raw: unknown): readonly Later[] {
  const found: Later[] = [];
  const refuse = (path: ConfigPath, message: string) => {
    if (valueAt(raw, path) !== undefined) found.push({ path, message: `is not built yet in this version: ${message}` });
  };
  for (const pair of keysOf(valueAt(raw, ['pairs']))) {
    const at = (...path: readonly string[]) => ['pairs', pair, ...path];
    refuse(at('match'), 'leave it out; SKU, order number and e-mail are used');
    refuse(at('brakes'), 'leave it out, and pause the pair yourself before mass changes');
    for (const store of ['source', 'target']) refuse(at(store, 'storeView'), 'leave it out');
  }
  return found;
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
