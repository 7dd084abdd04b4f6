import type { PlanKind } from '../services/reconciler/plan-lines.ts';
import { openCensusText } from '../services/reconciler/approve-plan.ts';
import { showValue } from '../services/reconciler/report/show-value.ts';
import type { ShownLine, ShownPlan } from './plan-handlers.ts';
import { isEmpty } from './plan-handlers.ts';
import { columns, count, span } from './text.ts';

/** A plan as a person reads it before approving: some lines, then all of it in numbers. */
export function planText({ pair, plan, lines, creationMs }: ShownPlan): readonly string[] {
  if (isEmpty(plan)) return [`${pair}  both shops agree in what is carried: nothing would be written`];
  const { counts, plannedByField, createByRoot, onlyOnTarget, newLinks, stamps } = plan;
  const all = counts.planned + counts.create + counts.retire + counts.withheld + counts.ambiguous + counts.unlinked;
  const byField = Object.entries(plannedByField).map(([field, n]) => `${field} ${n}`);
  const toCreate = Object.entries(createByRoot).map(([root, n]) => count(n, root));
  const more = all - lines.length;
  return [
    ...columns(lines.map(lineCells)),
    ...(more > 0 ? [`… ${more.toLocaleString('en')} more`] : []),
    [
      `By field: ${byField.length === 0 ? 'none' : byField.join(', ')}`,
      `to create: ${toCreate.length === 0 ? 'none' : toCreate.join(', ')}${creationMs > 60_000 ? ` (at least ${span(creationMs)})` : ''}`,
      ...(counts.retire > 0 ? [`gone from the old shop, or back there: ${counts.retire}`] : []),
      ...(counts.inherited > 0 ? [`kept as it is: ${count(counts.inherited, 'field')}`] : []),
      ...(newLinks > 0 ? [`new links: ${newLinks}`] : []),
      ...(stamps > 0 ? [`source ids to write: ${stamps}`] : []),
      ...(onlyOnTarget > 0 ? [`only at the new shop: ${onlyOnTarget}`] : []),
    ].join('; '),
    ...needsPerson(counts),
    ...census(pair, plan),
  ];
}

function census(pair: string, plan: ShownPlan['plan']): readonly string[] {
  const open = openCensusText(plan);
  return open === null
    ? []
    : [`It cannot be approved as it is: ${open}, and create says all → lockstep links list ${pair} --open`];
}

function needsPerson(counts: Readonly<Record<PlanKind, number>>): readonly string[] {
  const parts = [
    [counts.ambiguous, 'ambiguous'],
    [counts.unlinked, 'without a counterpart'],
    [counts.withheld, 'withheld'],
  ] as const;
  const named = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return named.length === 0 ? [] : [`Not carried: ${named.join(', ')}`];
}

function lineCells({ kind, entity, label, title, field, source, target, hidden, reason }: ShownLine): string[] {
  const what = [entity.slice(0, entity.indexOf(':')), label];
  if (kind === 'create') return [...what, 'create', title ?? ''];
  if (kind === 'retire')
    return [
      ...what,
      reason ?? '',
      reason === 'restore' ? 'it is back in the old shop' : 'it is gone from the old shop',
    ];
  if (kind !== 'planned') return [...what, kind, reason ?? field ?? ''];
  const name = (field ?? '').slice((field ?? '').indexOf('.') + 1);
  const change = hidden ? 'changed' : `${showValue(field ?? '', target)} → ${showValue(field ?? '', source)}`;
  return [...what, name, change];
}
