import type { FactKey } from './event-log.ts';

/** `<pair>/<kind>/<id>`: the key of a fact on the log. Only the id may hold a slash. */
export function factKeyText({ pair, kind, id }: FactKey): string {
  return `${pair}/${kind}/${id}`;
}

/** The key back from its text; null where it is none. */
export function parseFactKey(text: string): FactKey | null {
  const [pair, kind, ...id] = text.split('/');
  return pair === undefined || kind === undefined || id.length === 0 ? null : { pair, kind, id: id.join('/') };
}
