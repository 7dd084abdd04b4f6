import type { Link } from '#libs/facts/fact-kinds.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { APPROVED } from './alarms.ts';
import type { StorePlan } from './build-plan.ts';
import type { FieldPrint } from './plan-lines.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { openRunFile, type RunFile } from './run-file.ts';

export type ApproveOptions = {
  readonly by: string;
  /** `write` carries over what is inherited as well. */
  readonly inherited?: 'keep' | 'write';
  /** Begin with these fields only (`variant:7/quantity`, as `fieldKey` names them); the rest is kept until approved again. */
  readonly only?: ReadonlySet<string>;
  /** Leaves the full comparison that carries the plan over to the pair's reconciler; without, the caller compares. */
  readonly thenCompare?: boolean;
};

export type Approved = {
  readonly links: number;
  readonly planned: number;
  readonly inherited: number;
  readonly toCreate: number;
};

// Facts are appended in pages of this many.
const PAGE = 500;

/**
 * Writes down what a person approved: links, what is kept as it is, the approval, and last the phase. Until the phase is written
 * nothing is, so a death in between leaves a pair that only observes.
 */
export async function approvePlan(deps: ReconcilerDeps, plan: StorePlan, options: ApproveOptions): Promise<Approved> {
  const { settings, clock, random, facts } = deps;
  if (plan.configHash !== settings.configHash)
    throw new SyncError('PLAN_OUTDATED', `Cannot approve "${plan.id}": the config has changed since the plan was made`);
  const pair = settings.name;
  refuseOpenCensus(pair, plan);
  const now = clock.now();
  const file = openRunFile(plan.file);
  try {
    const links = await putAll(deps, linkFacts(file, pair, now));
    const { kept, written } = splitPrints(file, options);
    await putAll(deps, inheritedFacts(pair, kept));
    const inherited = [...kept.values()].reduce((sum, fields) => sum + Object.keys(fields).length, 0);
    const approved: Approved = { links, planned: written, inherited, toCreate: plan.counts.create };
    const what = `approved plan ${plan.id} (${String(written)} fields, ${String(plan.counts.create)} to create), config ${settings.configHash.slice(0, 8)}`;
    await facts.put([
      {
        pair,
        kind: 'approval',
        id: 'approval',
        value: {
          at: now,
          by: options.by,
          planId: plan.id,
          configHash: settings.configHash,
          planned: written,
          inherited,
          toCreate: plan.counts.create,
        },
      },
      {
        pair,
        kind: 'act',
        id: `${new Date(now).toISOString()}-${randomId(random).slice(0, 6)}`,
        value: { at: now, by: options.by, what },
      },
    ]);
    // News that came while the pair observed is gone: whoever reconciles next compares everything and writes what was planned.
    const message = 'approved: what was planned is still being carried over';
    const alarm: AnyFactWrite = { pair, kind: 'alarm', id: APPROVED, value: { at: now, message } };
    await facts.put([
      ...(options.thenCompare === true ? [alarm] : []),
      { pair, kind: 'phase', id: 'phase', value: { phase: 'follow', at: now, by: options.by } },
    ]);
    return approved;
  } finally {
    file.close();
  }
}

/**
 * What the new shop holds and nobody has linked could be what would be created: everything is created only where nothing is left of that.
 *
 * @throws {SyncError} CENSUS_OPEN
 */
function refuseOpenCensus(pair: string, plan: StorePlan): void {
  const open = openCensusText(plan);
  if (open === null) return;
  throw new SyncError('CENSUS_OPEN', `Cannot approve "${plan.id}": ${open}, and create says all`, {
    hint: `lockstep links list ${pair} --open shows them; link or ignore each (lockstep links set, import, ignore), then plan again`,
  });
}

/** `not linked in the new shop: 3 products, 1 order`; null where everything there is linked or set aside. Pure. */
export function openCensusText({ openCensus = {} }: Pick<StorePlan, 'openCensus'>): string | null {
  const open = ROOT_KINDS.flatMap((root) => {
    const many = openCensus[root] ?? 0;
    return many === 0 ? [] : [`${many.toLocaleString('en')} ${root}${many === 1 ? '' : 's'}`];
  });
  return open.length === 0 ? null : `not linked in the new shop: ${open.join(', ')}`;
}

function* linkFacts(file: RunFile, pair: string, at: number): Generator<AnyFactWrite> {
  for (const { value } of file.entries('link')) {
    const { id, link } = value as { readonly id: string; readonly link: Omit<Link, 'at'> };
    yield { pair, kind: 'link', id, value: { ...link, at } };
  }
}

type Kept = Map<string, Record<string, string>>;

function splitPrints(file: RunFile, { inherited = 'keep', only }: ApproveOptions): { kept: Kept; written: number } {
  const kept: Kept = new Map();
  let written = 0;
  for (const kind of ['print-planned', 'print-inherited'])
    for (const { value } of file.entries(kind)) {
      const { root, field, print } = value as FieldPrint;
      const wanted = kind === 'print-planned' || inherited === 'write';
      if (wanted && (only === undefined || only.has(field))) written += 1;
      else kept.set(root, { ...kept.get(root), [field]: print });
    }
  return { kept, written };
}

function* inheritedFacts(pair: string, kept: Kept): Generator<AnyFactWrite> {
  for (const [id, fields] of kept) yield { pair, kind: 'inherited', id, value: { fields } };
}

async function putAll({ facts }: ReconcilerDeps, writes: Iterable<AnyFactWrite>): Promise<number> {
  let page: AnyFactWrite[] = [];
  let count = 0;
  for (const write of writes) {
    page.push(write);
    count += 1;
    if (page.length < PAGE) continue;
    await facts.put(page);
    page = [];
  }
  if (page.length > 0) await facts.put(page);
  return count;
}
