import { agreesOn } from '#libs/fields/agree.ts';
import { diffFields } from '#libs/fields/diff-fields.ts';
import { fieldName, PERSONAL_FIELDS, selectedOf, type FieldValues } from '#libs/fields/field-names.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import type { FieldDifference } from '#libs/journal/journal-records.ts';
import type { Variant } from '#libs/model/product.ts';
import type { RootEntity } from './entity-values.ts';
import { satisfiedByOurHold, wantedOfOrder } from './order-wanted.ts';
import type { PlanInput } from './plan-types.ts';

export type EntityPlan = {
  readonly entity: RootEntity;
  readonly targetId: string;
  /** What is written: selected, differing, neither held, inherited nor withheld. */
  readonly patch: FieldValues;
  readonly differences: readonly FieldDifference[];
  /** Field → why it cannot be written. */
  readonly withheld: Readonly<Record<string, string>>;
};

type EntityInput = Pick<PlanInput, 'settings' | 'settled' | 'inherited' | 'held' | 'express' | 'fingerprint'>;

/** Compares one linked entity and says what to write. */
export function planEntity(input: EntityInput, source: RootEntity, target: RootEntity): EntityPlan {
  const { settings, held, express } = input;
  const selected = selectedOf(settings.selection, source.entity);
  const mapped = mapFields(source.entity, source.values, selected, settings.maps);
  const expressed = express({
    entity: source.entity,
    wanted:
      source.entity === 'order'
        ? satisfiedByOurHold(
            wantedOfOrder(mapped.wanted, source.values, target.values, settings.migratedAt),
            target.values,
            target.heldByUs === true,
          )
        : mapped.wanted,
    present: target.values,
    selected,
    ...(source.entity === 'variant' ? { source: source.values as Variant } : {}),
  });
  const withheld = { ...mapped.unmapped, ...expressed.withheld };
  const writable = diffFields(source.entity, target.values, expressed.wanted, selected);
  const differing = [
    ...Object.keys(writable),
    ...Object.keys(withheld).filter(
      (field) => !agreesOn(source.entity, field, sourceValue(source, field), target.values[field]),
    ),
  ];

  const patch: Record<string, unknown> = {};
  const differences: FieldDifference[] = [];
  for (const field of new Set(differing)) {
    const kept = whyKept(input, source, field, expressed.wanted[field], target.values[field], withheld[field], held);
    const said = field in mapped.wanted ? input.fingerprint(mapped.wanted[field]) : undefined;
    const values = {
      wanted: expressed.wanted[field] ?? sourceValue(source, field),
      present: target.values[field],
      said,
    };
    differences.push(difference(input, source, field, values, kept));
    if (kept === undefined) patch[field] = writable[field];
  }
  return { entity: source, targetId: target.id, patch, differences, withheld };
}

/** What the source says itself: for a stock word without a meaning that word, which agrees with nothing. */
function sourceValue({ entity, values }: RootEntity, field: string): unknown {
  return entity === 'variant' && field === 'stockStatus' ? (values['stockWord'] ?? values[field]) : values[field];
}

function whyKept(
  { inherited, fingerprint }: EntityInput,
  source: RootEntity,
  field: string,
  wanted: unknown,
  present: unknown,
  withheld: string | undefined,
  held: ReadonlySet<string>,
): string | undefined {
  if (withheld !== undefined) return 'unmapped-value';
  if (held.has('*') || held.has(fieldName(source.entity, field))) return 'held';
  // Kept as it is since approval, as long as neither side has moved.
  const print = inherited?.fields[fieldKey(source, field)];
  if (print !== undefined && print === inheritedPrint(fingerprint, wanted, present)) return 'inherited';
  return undefined;
}

/** Both values of an inherited difference as one print: when either side moves, it is inherited no longer. */
export function inheritedPrint(fingerprint: EntityInput['fingerprint'], wanted: unknown, present: unknown): string {
  return fingerprint([wanted, present]);
}

/** Key of a field in facts: `<entity>:<sourceId>/<field>`. */
export function fieldKey({ entity, id }: Pick<RootEntity, 'entity' | 'id'>, field: string): string {
  return `${entity}:${id}/${field}`;
}

function difference(
  { settled, fingerprint }: EntityInput,
  source: RootEntity,
  field: string,
  { wanted, present, said }: { readonly wanted: unknown; readonly present: unknown; readonly said: string | undefined },
  kept: string | undefined,
): FieldDifference {
  const name = fieldName(source.entity, field);
  const shown = (value: unknown) => (PERSONAL_FIELDS.has(name) ? fingerprint(value) : (value ?? null));
  const baseline = settled?.stored[fieldKey(source, field)];
  return {
    entity: `${source.entity}:${source.id}`,
    field: name,
    source: shown(wanted),
    target: shown(present),
    ...(said === undefined ? {} : { said }),
    baseline: baseline === undefined ? 'none' : baseline === fingerprint(present) ? 'same' : 'moved',
    ...(kept === undefined ? {} : { withheld: kept }),
  };
}
