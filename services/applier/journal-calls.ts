import { PERSONAL_FIELDS, fieldName, type FieldValues } from '#libs/fields/field-names.ts';
import type { AfterRecord, BeforeRecord } from '#libs/journal/journal-records.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import type { ApplierDeps } from './applier-deps.ts';
import type { Planned } from './plan-batch.ts';
import type { Written } from './write-group.ts';

type Deps = Pick<ApplierDeps, 'clock' | 'fingerprint'>;

/** What is expected at the target and wanted there, written before the call. */
export function beforeCall({ clock, fingerprint }: Deps, { read, plan }: Planned, call: string): BeforeRecord {
  const { decision } = plan;
  const base = { v: 1, type: 'before', at: clock.now(), call, root: read.group.key } as const;
  if (decision.kind === 'retire')
    return { ...base, targetId: decision.retirement.targetId, action: decision.retirement.how, fields: [] };
  if (decision.kind !== 'patch') return { ...base, targetId: null, action: 'create', fields: [] };
  const present = new Map(
    entitiesOf(decision.patch.present).map(({ entity, id, values }) => [`${entity}:${id}`, values]),
  );
  const fields = decision.patch.entities.flatMap(({ entity, targetId, values }) =>
    Object.entries(values).map(([field, wanted]) => {
      const show = shown(fingerprint, fieldName(entity, field));
      return {
        entity: `${entity}:${targetId}`,
        field: fieldName(entity, field),
        expected: show(present.get(`${entity}:${targetId}`)?.[field]),
        wanted: show(wanted),
      };
    }),
  );
  // Only an entity that carries none gets one.
  const stamps = (decision.patch.stamps ?? []).map(({ entity, targetId, sourceId }) => ({
    entity: `${entity}:${targetId}`,
    field: stampField(entity),
    expected: null,
    wanted: sourceId,
  }));
  return { ...base, targetId: decision.patch.targetId, action: 'patch', fields: [...fields, ...stamps] };
}

// Not a field of the model: nobody can select it.
function stampField(entity: string): string {
  return `${entity}.sourceId`;
}

/** As stored, or what became of the call. */
export function afterCall(
  { clock, fingerprint }: Deps,
  { read, plan }: Planned,
  call: string,
  written: Written,
): AfterRecord {
  const entities = plan.decision.kind === 'patch' ? plan.decision.patch.entities : [];
  const stored: Readonly<Record<string, FieldValues>> = written.kind === 'stored' ? written.stored : {};
  const fields = entities.flatMap(({ entity, targetId }) =>
    Object.entries(stored[targetId] ?? {}).map(([field, value]) => ({
      entity: `${entity}:${targetId}`,
      field: fieldName(entity, field),
      stored: shown(fingerprint, fieldName(entity, field))(value),
    })),
  );
  const stamps = Object.entries(written.kind === 'stored' ? written.stamped : {}).map(([entity, sourceId]) => ({
    entity,
    field: stampField(entity.slice(0, entity.indexOf(':'))),
    stored: sourceId,
  }));
  const made = written.kind === 'stored' ? (written.links[0]?.link.targetId ?? null) : null;
  const targetId = targetOf(plan.decision) ?? made;
  return {
    v: 1,
    type: 'after',
    at: clock.now(),
    call,
    root: read.group.key,
    targetId,
    outcome: written.kind,
    fields: [...fields, ...stamps],
  };
}

function targetOf(decision: Planned['plan']['decision']): string | null {
  if (decision.kind === 'retire') return decision.retirement.targetId;
  return decision.kind === 'patch' ? decision.patch.targetId : null;
}

function shown(
  fingerprint: ApplierDeps['fingerprint'],
  field: ReturnType<typeof fieldName>,
): (value: unknown) => unknown {
  return (value) => (PERSONAL_FIELDS.has(field) ? fingerprint(value) : (value ?? null));
}
