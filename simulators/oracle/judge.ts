import type { Ledger } from '../core/ledger.ts';
import { isWooCommerce, type ShopState } from './books.ts';
import type { Trading } from './carried.ts';
import { findDifferences, type Difference } from './differences.ts';
import { findDoubles } from './doubles.ts';
import { findMadeWrong } from './made-wrong.ts';
import { findUncarried } from './uncarried.ts';
import { findUnselectedInWooCommerce } from './unselected-woocommerce.ts';
import { findUnselectedWrites } from './unselected.ts';

/** Something that a run must not do; `rule` is stable, `detail` is for people. */
export type OracleFinding = { readonly rule: OracleRule; readonly detail: string };

export type OracleRule =
  /** A selected field differs at the end. */
  | 'selected-field-differs'
  /** The source has an entity that the target lacks at the end. */
  | 'entity-missing'
  | 'unselected-field-written'
  | 'doubled-entity'
  /** What the sync made is not what it was made from. */
  | 'made-wrong'
  | 'mail'
  | 'stock-movement'
  | 'gateway-call'
  | 'written-before-approval'
  | 'source-written'
  /** What people of the new shop wrote is gone. */
  | 'people-edit-lost'
  /** A delivered webhook could have carried it, and still it differed when the comparison began. */
  | 'carried-but-not-applied'
  /** The report does not name what no delivered webhook could have carried, or what differed when the comparison began. */
  | 'not-reported'
  /** The report names what did not differ. */
  | 'reported-in-vain'
  /** It is named something else than a webhook that never came, or an entity that is new. */
  | 'wrong-cause';

/** What the comparison said, in the product's words. */
export type Reported = { readonly entity: string; readonly field: string | null; readonly cause: string };

/** A shop of either kind, as it stands and with all that ever changed in it. */
export type Judged = { readonly ledger: Ledger; readonly state: ShopState };

export type JudgeInput = {
  readonly source: Judged;
  readonly target: Judged;
  readonly selected: ReadonlySet<string>;
  /** The config asked for source ids on what is linked; absent: it did not. */
  readonly stamp?: boolean;
  readonly migratedAt: number;
  /** The target's ledger position at approval: nothing of ours lies below it. */
  readonly approvedSeq: number;
  /** The comparison after a time of trading; absent: none was made. */
  readonly comparison?: Trading & {
    /** What differed when it began, when nothing was on its way. */
    readonly before: readonly Difference[];
    readonly reported: readonly Reported[];
  };
};

/** Judges a run from both stores' ledgers and states alone; an empty list is a good run. */
export function judge(input: JudgeInput): readonly OracleFinding[] {
  const { source, target, selected, migratedAt } = input;
  const left = findDifferences({ source: source.state, target: target.state, selected, migratedAt });
  return [
    ...left.map((difference): OracleFinding => ({
      rule: difference.field === null ? 'entity-missing' : 'selected-field-differs',
      detail: describe(difference),
    })),
    ...unselectedIn(input).map((detail) => finding('unselected-field-written', detail)),
    ...findDoubles(source.state, target.state).map((detail) => finding('doubled-entity', detail)),
    ...findMadeWrong(source.state, target.state).map((detail) => finding('made-wrong', detail)),
    ...sideEffects([source.ledger, target.ledger]),
    ...tooEarly(target.ledger, input.approvedSeq),
    ...writesAtSource(source.ledger),
    ...lostEdits(target),
    ...(input.comparison === undefined ? [] : judgeComparison(input, input.comparison)),
  ];
}

function unselectedIn({ target: { ledger, state }, selected, stamp }: JudgeInput): readonly string[] {
  const find = isWooCommerce(state) ? findUnselectedInWooCommerce : findUnselectedWrites;
  return find(ledger, selected, stamp);
}

function finding(rule: OracleRule, detail: string): OracleFinding {
  return { rule, detail };
}

export function describe({ entity, field, source, target }: Difference): string {
  return field === null
    ? `${entity} (${JSON.stringify(source)}) is missing`
    : `${entity} ${field}: old ${JSON.stringify(source)}, new ${JSON.stringify(target)}`;
}

function sideEffects(ledgers: readonly Ledger[]): readonly OracleFinding[] {
  return ledgers.flatMap(({ effects }) =>
    effects
      .filter(({ actor }) => actor === 'api')
      .map(({ kind, entity, id, detail }) => finding(kind, `${entity} ${id}: ${detail}`)),
  );
}

/** Reading in bulk leaves its own traces, which are no writes. */
const READING = new Set(['bulkOperation']);

function tooEarly({ entries }: Ledger, approvedSeq: number): readonly OracleFinding[] {
  return entries
    .filter(({ actor, seq, entity }) => actor === 'api' && seq < approvedSeq && !READING.has(entity))
    .map(({ entity, id, action }) => finding('written-before-approval', `${action} ${entity} ${id}`));
}

const SUBSCRIBING = new Set(['webhook', 'webhookSubscription']);

function writesAtSource({ entries }: Ledger): readonly OracleFinding[] {
  return entries
    .filter(({ actor, entity }) => actor === 'api' && !SUBSCRIBING.has(entity) && !READING.has(entity))
    .map(({ entity, id, action }) => finding('source-written', `${action} ${entity} ${id}`));
}

type Edit = { readonly id: string; readonly field: string; readonly wanted: unknown };

/** What people write, as Shopify and as WooCommerce calls it. */
const TEXTS = ['title', 'descriptionHtml', 'seo', 'name', 'description', 'short_description'];

/** The last text that people gave each product, by field. */
export function peopleEdits({ entries }: Pick<Ledger, 'entries'>): readonly Edit[] {
  const edits = new Map<string, Edit>();
  for (const { actor, entity, id, changes } of entries) {
    if (actor !== 'people' || entity !== 'product') continue;
    for (const field of TEXTS) {
      const change = changes[field];
      if (change !== undefined) edits.set(`${id}/${field}`, { id, field, wanted: change.to });
    }
  }
  return [...edits.values()];
}

/** How many of people's edits were made, and how many still stand. */
export function countEdits(target: JudgeInput['target']): { readonly made: number; readonly kept: number } {
  const made = peopleEdits(target.ledger);
  return { made: made.length, kept: made.length - lostEdits(target).length };
}

function lostEdits({ ledger, state }: JudgeInput['target']): readonly OracleFinding[] {
  const products = new Map<string, object>(state.products.map((product) => [String(product.id), product]));
  return peopleEdits(ledger).flatMap(({ id, field, wanted }) => {
    const product: Readonly<Record<string, unknown>> = { ...products.get(id) };
    return JSON.stringify(product[field]) === JSON.stringify(wanted)
      ? []
      : [finding('people-edit-lost', `${field} of product ${id}`)];
  });
}

/**
 * What the comparison found must be what no delivered webhook of its root could have carried, no less and no more, each rightly
 * named. Where it hangs on a read of which nobody can tell whether it was followed by a write, both are right.
 */
function judgeComparison(
  { source, selected, migratedAt }: JudgeInput,
  { tradingSeq, readsBefore, unsure, before, reported }: NonNullable<JudgeInput['comparison']>,
): readonly OracleFinding[] {
  const trading = { tradingSeq, readsBefore };
  const uncarried = byKey(findUncarried({ ...source, trading, selected, migratedAt }));
  const perhaps =
    unsure === undefined
      ? uncarried
      : byKey(findUncarried({ ...source, trading: { ...trading, unsure }, selected, migratedAt }));
  const differed = byKey(before);
  const toFind = new Map([...differed, ...uncarried]);
  const named = byKey(reported);
  return [
    ...[...differed]
      .filter(([key]) => !uncarried.has(key) && !perhaps.has(key))
      .map(([, difference]) => finding('carried-but-not-applied', describe(difference))),
    ...[...toFind]
      .filter(([key]) => !named.has(key))
      .map(([, difference]) => finding('not-reported', describe(difference))),
    ...[...named].flatMap(([key, { entity, field, cause }]): readonly OracleFinding[] => {
      const what = `${entity} ${field ?? '(whole)'}: "${cause}"`;
      if (!toFind.has(key)) return [finding('reported-in-vain', what)];
      return cause === (field === null ? 'new-at-source' : 'missed-webhook') ? [] : [finding('wrong-cause', what)];
    }),
  ];
}

function byKey<T extends { readonly entity: string; readonly field: string | null }>(
  list: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [`${one.entity}/${one.field ?? ''}`, one]));
}
