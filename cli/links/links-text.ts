import { ROOT_KINDS } from '#libs/model/stored.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import type { Census, CensusOfKind } from '../../services/reconciler/census.ts';
import type { OpenLink, StorePlan } from '../../services/reconciler/build-plan.ts';
import { columns, count } from '../text.ts';
import type { ListedLink } from './links-handlers.ts';

const BY: Readonly<Record<Link['by'], string>> = {
  'source-id': 'by source id',
  sku: 'by SKU',
  'order-number': 'by number and two confirmations',
  email: 'by e-mail',
  created: 'created by Lockstep',
  import: 'imported',
  person: 'by hand',
};

/** What is what in both shops, kind by kind, before anything is approved. */
export function censusText(pair: string, { census = {}, openCensus, onlyOnTarget }: StorePlan): readonly string[] {
  const rows = ROOT_KINDS.flatMap((root) => kindRows(root, census));
  const open = Object.values(census).some(({ ambiguous }) => ambiguous > 0) || onlyOnTarget > 0;
  return [
    ...columns(rows),
    ...(onlyOnTarget > 0 ? [`${count(onlyOnTarget, 'entity', 'entities')} only in the new shop`] : []),
    ...(openCensus !== undefined && Object.keys(openCensus).length > 0
      ? ['create says all: each of those must be linked or ignored before the pair can be approved']
      : []),
    ...(open ? [`→ lockstep links list ${pair} --open     then: lockstep links set, import or ignore`] : []),
    `→ lockstep plan ${pair}   then: lockstep approve ${pair}, which notes these links`,
  ];
}

function kindRows(root: (typeof ROOT_KINDS)[number], census: Census): readonly (readonly string[])[] {
  const kind = census[root];
  if (kind === undefined) return [];
  const linked = Object.values(kind.linked).reduce((sum, n) => sum + n, 0);
  const how = Object.entries(kind.linked).map(([by, n]) => `${n.toLocaleString('en')} ${BY[by as Link['by']]}`);
  const rest = restOf(kind);
  return [
    [
      `${root}s`,
      `${linked.toLocaleString('en')} of ${kind.of.toLocaleString('en')} linked${how.length === 0 ? '' : `: ${how.join(', ')}`}`,
    ],
    ...(rest === '' ? [] : [['', rest]]),
  ];
}

function restOf({ onlyOld, ambiguous, unsupported, ignored }: CensusOfKind): string {
  const parts = [
    [onlyOld, 'only in the old shop'],
    [ambiguous, 'ambiguous'],
    [unsupported, 'of a kind that is not carried'],
    [ignored, 'set aside'],
  ] as const;
  return parts.flatMap(([n, what]) => (n === 0 ? [] : [`${n.toLocaleString('en')} ${what}`])).join('   ');
}

export function listText(links: readonly ListedLink[], limit: number): readonly string[] {
  const shown = links.slice(0, limit);
  return [
    ...columns(shown.map(({ entity, sourceId, targetId, by }) => [`${entity}:${sourceId}`, '→', targetId, BY[by]])),
    ...(links.length > limit
      ? [`… ${(links.length - limit).toLocaleString('en')} more (links export writes all)`]
      : []),
    `${count(links.length, 'link')}`,
  ];
}

export function openText(pair: string, open: readonly OpenLink[], more: number): readonly string[] {
  if (open.length === 0) return [`${pair}  nothing is open: all is linked or set aside`];
  return [
    ...columns(
      open.map(({ side, root, label, why }) => [side === 'source' ? 'old shop' : 'new shop', root, label, why]),
    ),
    ...(more > 0 ? [`… ${more.toLocaleString('en')} more`] : []),
    `→ lockstep links set ${pair} <old> <new>     or: lockstep links ignore ${pair} <id> [--new-shop]`,
  ];
}
