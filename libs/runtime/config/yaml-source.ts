import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

import type { Position } from './mistake.ts';

export type PathPart = string | number;
export type ConfigPath = readonly PathPart[];

/** One parsed file, which can say where a path stands in it. */
export type YamlSource = {
  /** As people know the file: `lockstep.config.yaml`, `pairs/acme.yaml`. */
  readonly file: string;
  readonly value: unknown;
  readonly syntax: readonly { readonly position: Position; readonly message: string }[];
  /** Where the value at the path begins, or its key; of a path that is not there: its nearest parent's key. */
  readonly position: (path: ConfigPath, of: 'key' | 'value') => Position;
};

export function parseYamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // One slip makes the parser stumble several times over the same place: what it said first is what it is about.
  const places = new Map<number, string>();
  for (const { pos, message } of document.errors) if (!places.has(pos[0])) places.set(pos[0], oneLine(message));
  const syntax = [...places].map(([offset, message]) => ({ position: at(offset), message }));
  return {
    file,
    syntax,
    value: syntax.length > 0 ? null : document.toJS({ maxAliasCount: 100 }),
    position: (path, of) => at(offsetOf(document, path, of)),
  };
}

function offsetOf(document: Document, path: ConfigPath, of: 'key' | 'value'): number {
  let node: Node | null = resolve(document.contents, document);
  let key = 0;
  for (const [index, part] of path.entries()) {
    const found = step(node, part);
    if (found === null) return key;
    key = found.key;
    node = resolve(found.value, document);
    if (index === path.length - 1 && (of === 'key' || node === null)) return key;
  }
  return node?.range?.[0] ?? key;
}

function step(node: Node | null, part: PathPart): { readonly key: number; readonly value: Node | null } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part));
    if (pair === undefined) return null;
    return { key: (pair.key as Node).range?.[0] ?? 0, value: pair.value as Node | null };
  }
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined;
    return item === undefined ? null : { key: item.range?.[0] ?? 0, value: item };
  }
  return null;
}

function resolve(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ');
}
