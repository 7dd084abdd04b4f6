import type { FactValue } from '#libs/facts/fact-kinds.ts';
import { selectedOf, type FieldValues } from '#libs/fields/field-names.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import { fieldKey } from '#libs/planning/plan-entity.ts';
import { rootPrint } from '#libs/planning/root-print.ts';
import type { ApplierDeps } from './applier-deps.ts';
import type { Planned } from './plan-batch.ts';

/**
 * What is known once a root agrees: prints of what the source said, and of what the target stored when we last wrote (the baseline).
 * Null where nothing new is to be written down.
 */
export function settledFact(
  { settings, fingerprint, clock }: ApplierDeps,
  { read, plan }: Planned,
  stored: Readonly<Record<string, FieldValues>>,
): FactValue<'settled'> | null {
  const { source, settled } = read;
  if (source === null) return null;
  const wanted = copyOf(settled?.wanted);
  const baseline = copyOf(settled?.stored);
  const targets = new Map(plan.entities.map(({ entity, targetId }) => [entity, targetId]));
  for (const entity of entitiesOf(source)) {
    const mapped = mapFields(
      entity.entity,
      entity.values,
      selectedOf(settings.selection, entity.entity),
      settings.maps,
    );
    const after = stored[targets.get(`${entity.entity}:${entity.id}`) ?? ''] ?? {};
    for (const [field, value] of Object.entries(mapped.wanted)) wanted[fieldKey(entity, field)] = fingerprint(value);
    for (const [field, value] of Object.entries(after)) baseline[fieldKey(entity, field)] = fingerprint(value);
  }
  const print = rootPrint(source, settings, fingerprint);
  const same =
    settled !== null &&
    settled.print === print &&
    sameRecord(settled.wanted, wanted) &&
    sameRecord(settled.stored, baseline);
  if (same) return null;
  return { at: clock.now(), readAt: read.readAt, changedAt: source.changedAt, print, wanted, stored: baseline };
}

// No two roots share a key: an object without a prototype is a plain table, for which the engine learns no shape.
function copyOf(record: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.assign(Object.create(null) as Record<string, string>, record);
}

function sameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
