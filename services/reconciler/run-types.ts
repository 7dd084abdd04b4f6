import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { Link, Parked, Settled } from '#libs/facts/fact-kinds.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import type { Finding } from './finding.ts';

export type Side = 'source' | 'target';
export type ScanState = { readonly cursor: string | null; readonly done: boolean; readonly rows: number };

/** One line of the full outer join: a source root, its linked counterpart, or one of them alone. */
export type Joined = {
  readonly n: number;
  readonly root: RootKind;
  readonly sourceId: string | null;
  readonly targetId: string | null;
};

/** When both sides were last known to agree: as settled by the applier, or as an earlier comparison saw. */
export type LastAgreed = Pick<Settled, 'at' | 'readAt' | 'changedAt' | 'wanted'>;

/** A root that looked different: the applier is asked about it. */
export type Candidate = {
  readonly root: RootKind;
  readonly rootId: string;
  /** Source variants that had no counterpart when the scans saw them. */
  readonly loose: readonly string[];
  readonly askedAt: number | null;
  /** What was known before the question: the answer may change it. */
  readonly before: { readonly settled: LastAgreed | null; readonly parked: Parked | null } | null;
  readonly answer: Answer | null;
  readonly verified: Answer | null;
};

/** `beside`: other news of the root was in the same batch, so nothing was left standing. Outcome null: it never came. */
export type Answer = { readonly outcome: NewsOutcome | null; readonly beside: boolean };

export type Entry = { readonly key: string; readonly kind: string; readonly value: unknown };

/**
 * Everything one comparison knows, in one SQLite file: filled page by page with the scan's cursor in the same transaction, so that a
 * killed run goes on from its last page, and so that memory stays flat however large the stores are.
 */
export type RunFile = {
  readonly path: string;
  readonly getNote: (key: string) => string | null;
  readonly putNote: (key: string, value: string) => void;
  readonly scanState: (side: Side, root: RootKind) => ScanState;
  readonly addPage: (side: Side, root: RootKind, roots: readonly StoredRoot[], cursor: string) => void;
  readonly endScan: (side: Side, root: RootKind) => void;
  readonly putLinks: (links: readonly { readonly id: string; readonly value: Link }[]) => void;
  readonly linkOf: (entity: string, sourceId: string) => Link | null;
  readonly sourceOf: (entity: string, targetId: string) => { readonly sourceId: string; readonly link: Link } | null;
  /** Joins both sides on the link. */
  readonly join: () => number;
  readonly joined: (after: number, limit: number) => readonly Joined[];
  readonly read: (side: Side, root: RootKind, id: string) => StoredRoot | null;
  readonly byKey: (side: Side, root: RootKind, key: string) => readonly string[];
  readonly addCandidates: (candidates: readonly Pick<Candidate, 'root' | 'rootId' | 'loose'>[]) => void;
  readonly answeredAfter: (key: string, limit: number) => readonly Candidate[];
  /** Orders come last and alone: they refer to products and customers, which may have to be made first. */
  readonly candidates: (which: 'unanswered' | 'to-verify', limit: number) => readonly Candidate[];
  readonly asked: (root: string, at: number, before: NonNullable<Candidate['before']>) => void;
  readonly answered: (root: string, answer: Answer) => void;
  readonly toVerify: (root: string) => void;
  readonly verified: (root: string, answer: Answer) => void;
  /** A finding replaces an earlier one of the same field, so that a resumed run tells nothing twice. */
  readonly addFindings: (findings: readonly Finding[]) => void;
  /** Forgets what was found about a root: it is judged anew. */
  readonly dropFindings: (root: string) => void;
  readonly findings: () => IterableIterator<Finding>;
  /** What a plan says, by kind; `keep` leaves an entry that is there. */
  readonly putEntries: (entries: readonly Entry[], mode?: 'replace' | 'keep') => void;
  readonly entries: (kind: string) => IterableIterator<{ readonly key: string; readonly value: unknown }>;
  readonly count: (what: 'source_roots' | 'target_roots' | 'candidates' | 'findings', root?: RootKind) => number;
  /** How many entities of each kind the source's scan saw. */
  readonly compared: () => Readonly<Record<string, number>>;
  /** Forgets what the stores said, people's data among it; the findings stay. */
  readonly forgetRows: () => void;
  readonly close: () => void;
};
