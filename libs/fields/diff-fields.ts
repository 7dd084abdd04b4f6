import type { EntityKind } from '#libs/model/stored.ts';
import { agreesOn, missingHistory } from './agree.ts';
import type { FieldValues } from './field-names.ts';

/** The selected fields in which `wanted` and `present` differ, with the wanted values. What is not in `wanted` is not asked for. */
export function diffFields(
  entity: EntityKind,
  present: FieldValues,
  wanted: FieldValues,
  selected: readonly string[],
): FieldValues {
  const differing = selected.filter(
    (field) => field in wanted && !agreesOn(entity, field, wanted[field], present[field]),
  );
  return Object.fromEntries(differing.map((field) => [field, wanted[field]]));
}

/** The values after a patch landed: history grows, everything else is replaced. */
export function mergePatch(entity: EntityKind, present: FieldValues, patch: FieldValues): FieldValues {
  const merged = { ...present, ...patch };
  if (entity !== 'order' || !('history' in patch)) return merged;
  const before = (present['history'] ?? []) as Parameters<typeof missingHistory>[1];
  return {
    ...merged,
    history: [...(before ?? []), ...missingHistory(patch['history'] as Parameters<typeof missingHistory>[0], before)],
  };
}

export function isEmptyPatch(patch: FieldValues): boolean {
  return Object.keys(patch).length === 0;
}
