import type { PlanKind, PlanLine } from '../plan-lines.ts';
import { csvLine } from './csv.ts';
import { showValue } from './show-value.ts';

const KIND_WORDS: Readonly<Record<PlanKind, string>> = {
  planned: 'will be written',
  inherited: 'kept as it is',
  create: 'will be created',
  retire: 'gone from the old shop, or back in it: by policy',
  ambiguous: 'several counterparts possible',
  unlinked: 'no counterpart found',
  withheld: 'needs a person',
};

/** A plan as a spreadsheet to hand to the merchant. */
export function* planCsv(lines: Iterable<PlanLine & { readonly kind: PlanKind }>): Generator<string> {
  yield `\uFEFF${csvLine(['what', 'entity', 'label', 'title', 'field', 'new shop now', 'old shop', 'why', 'old id'])}`;
  for (const { kind, entity, label, title, field, source, target, hidden, reason } of lines) {
    const colon = entity.indexOf(':');
    const shown = (value: unknown) => (field === null ? '' : hidden ? '(hidden)' : showValue(field, value));
    yield csvLine([
      KIND_WORDS[kind],
      entity.slice(0, colon),
      label,
      title ?? '',
      field ?? '',
      shown(target),
      shown(source),
      reason ?? '',
      entity.slice(colon + 1),
    ]);
  }
}
