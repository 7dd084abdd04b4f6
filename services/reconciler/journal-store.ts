import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

import type { EventLog, JournalPosition, JournalRead } from '#libs/event-log/event-log.ts';
import {
  afterRecordSchema,
  beforeRecordSchema,
  journalRecordSchema,
  newsOutcomeSchema,
  type AfterRecord,
  type BeforeRecord,
  type BatchRecord,
  type NewsOutcome,
} from '#libs/journal/journal-records.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { Answer } from './run-file.ts';
import type { HeardNews } from './find-cause.ts';

/** The journal of one pair, by root and by time: tailed from the log, and rebuilt from it when the file is gone. */
export type JournalStore = {
  /** Reads on to the log's end as it is now; how many records were new. */
  readonly tail: () => Promise<number>;
  /** How the comparison's question about a root ended; null: not yet. */
  readonly answerOf: (run: string, root: string) => Answer | null;
  /** News of a root other than comparisons, latest first. */
  readonly newsOf: (root: string, limit: number) => readonly HeardNews[];
  /** Outcomes of the pair, latest first, for `log` and the console. */
  readonly latest: (options: {
    readonly root?: string;
    readonly before?: number;
    readonly limit: number;
  }) => readonly { readonly at: number; readonly outcome: NewsOutcome }[];
  /** Calls to the target, latest first: what was expected and wanted, and what became of it (null: no answer is known). */
  readonly calls: (options: {
    readonly root?: string;
    readonly since?: number;
    readonly limit: number;
  }) => readonly { readonly before: BeforeRecord; readonly after: AfterRecord | null }[];
  /** When the latest webhook of a root kind came, if at `since` or later (milliseconds since the epoch); null: none. */
  readonly lastWebhookOf: (root: RootKind, since: number) => number | null;
  readonly forgetBefore: (time: number) => void;
  readonly close: () => void;
};

const TABLES = `
  CREATE TABLE IF NOT EXISTS positions (partition INTEGER PRIMARY KEY, offset INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS outcomes (
    partition INTEGER, batch INTEGER, news INTEGER, at INTEGER NOT NULL, root TEXT NOT NULL, kind TEXT NOT NULL, run TEXT,
    json TEXT NOT NULL, PRIMARY KEY (partition, batch, news)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS outcomes_by_root ON outcomes (root, at);
  CREATE INDEX IF NOT EXISTS outcomes_by_time ON outcomes (at);
  CREATE TABLE IF NOT EXISTS calls (
    call TEXT, root TEXT NOT NULL, at INTEGER NOT NULL, before TEXT, after TEXT, PRIMARY KEY (call, root)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS calls_by_root ON calls (root, at);
  CREATE INDEX IF NOT EXISTS calls_by_time ON calls (at);
  CREATE INDEX IF NOT EXISTS outcomes_by_run ON outcomes (run, root) WHERE run IS NOT NULL;
`;

// A page of the journal shares one transaction.
const PAGE = 500;

/** Opens `journal.sqlite` of a pair; `:memory:` for a run without a folder. */
export function openJournalStore(
  path: string,
  pair: string,
  log: Pick<EventLog, 'readJournal'>,
  /** Where a new one begins. @default the journal's start */
  from: JournalPosition = [],
): JournalStore {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  db.exec(TABLES);
  const insert = db.prepare(
    'INSERT OR REPLACE INTO outcomes (partition, batch, news, at, root, kind, run, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const keepCall = {
    before: db.prepare(
      'INSERT INTO calls (call, root, at, before) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET before = excluded.before',
    ),
    after: db.prepare(
      'INSERT INTO calls (call, root, at, after) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET after = excluded.after',
    ),
  };
  const move = db.prepare('INSERT OR REPLACE INTO positions (partition, offset) VALUES (?, ?)');

  for (const { partition, offset } of from) move.run(partition, offset);

  function keep(reads: readonly JournalRead[]): void {
    db.exec('BEGIN');
    for (const { partition, offset, record } of reads) {
      const parsed = journalRecordSchema.safeParse(record);
      // A record of a newer version is skipped, not guessed at.
      if (parsed.success)
        if (parsed.data.type === 'batch') keepBatch(partition, offset, parsed.data);
        else keepCall[parsed.data.type].run(parsed.data.call, parsed.data.root, parsed.data.at, JSON.stringify(record));
      move.run(partition, offset);
    }
    db.exec('COMMIT');
  }
  function keepBatch(partition: number, offset: number, batch: BatchRecord): void {
    for (const outcome of batch.outcomes)
      insert.run(
        partition,
        offset,
        outcome.offset,
        batch.at,
        outcome.root,
        outcome.kind,
        outcome.run ?? null,
        JSON.stringify(outcome),
      );
  }

  return {
    async tail() {
      let page: JournalRead[] = [];
      let count = 0;
      const positions = db.prepare('SELECT partition, offset FROM positions').all() as unknown as JournalPosition;
      for await (const read of log.readJournal(pair, positions)) {
        page.push(read);
        count += 1;
        if (page.length < PAGE) continue;
        keep(page);
        page = [];
      }
      if (page.length > 0) keep(page);
      return count;
    },
    ...reading(db),
    calls: readCalls(db),
    forgetBefore(time) {
      db.prepare('DELETE FROM outcomes WHERE at < ?').run(time);
      db.prepare('DELETE FROM calls WHERE at < ?').run(time);
    },
    close: () => db.close(),
  };
}

function readLastWebhook(db: DatabaseSync): JournalStore['lastWebhookOf'] {
  const last = db.prepare(
    `SELECT max(json_extract(json, '$.receivedAt')) AS heard FROM outcomes
     WHERE at >= ? AND root >= ? AND root < ? AND json_extract(json, '$.via') = 'webhook'`,
  );
  return (root, since) => {
    const heard = last.get(since, `${root}:`, `${root};`)?.['heard'];
    return heard === null || heard === undefined || number(heard) < since ? null : number(heard);
  };
}

function readCalls(db: DatabaseSync): JournalStore['calls'] {
  const all = db.prepare(
    'SELECT before, after FROM calls WHERE before IS NOT NULL AND at >= ? ORDER BY at DESC, call DESC LIMIT ?',
  );
  const some = db.prepare(
    'SELECT before, after FROM calls WHERE before IS NOT NULL AND root = ? AND at >= ? ORDER BY at DESC, call DESC LIMIT ?',
  );
  return ({ root, since = 0, limit }) =>
    (root === undefined ? all.all(since, limit) : some.all(root, since, limit)).map(({ before, after }) => ({
      before: beforeRecordSchema.parse(JSON.parse(String(before))),
      after: after === null ? null : afterRecordSchema.parse(JSON.parse(String(after))),
    }));
}

function reading(db: DatabaseSync): Pick<JournalStore, 'answerOf' | 'newsOf' | 'latest' | 'lastWebhookOf'> {
  const answer = db.prepare(
    'SELECT partition, batch, json FROM outcomes WHERE run = ? AND root = ? ORDER BY at DESC, news DESC',
  );
  const beside = db.prepare(
    "SELECT count(*) AS n FROM outcomes WHERE partition = ? AND batch = ? AND root = ? AND kind <> 'compare'",
  );
  const news = db.prepare(
    "SELECT json FROM outcomes WHERE root = ? AND kind <> 'compare' ORDER BY at DESC, news DESC LIMIT ?",
  );
  return {
    answerOf(run, root) {
      const rows = answer.all(run, root).map((row) => ({ row, outcome: toOutcome(row['json']) }));
      // A question that was asked twice has told what differed once: afterwards it was repaired.
      const told = rows.find(({ outcome }) => tellsSomething(outcome)) ?? rows[0];
      if (told === undefined) return null;
      const { row, outcome } = told;
      const others = beside.get(number(row['partition']), number(row['batch']), root);
      return { outcome, beside: number(others?.['n']) > 0 };
    },
    lastWebhookOf: readLastWebhook(db),
    newsOf: (root, limit) => toHeard(news.all(root, limit).map((row) => toOutcome(row['json']))),
    latest({ root, before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows =
        root === undefined
          ? db.prepare('SELECT at, json FROM outcomes WHERE at < ? ORDER BY at DESC LIMIT ?').all(before, limit)
          : db
              .prepare('SELECT at, json FROM outcomes WHERE root = ? AND at < ? ORDER BY at DESC LIMIT ?')
              .all(root, before, limit);
      return rows.map((row) => ({ at: number(row['at']), outcome: toOutcome(row['json']) }));
    },
  };
}

function tellsSomething({ differences = [], entities = [] }: NewsOutcome): boolean {
  return differences.length > 0 || entities.some(({ created }) => created === true);
}

/** One that went into another was looked at together with it. */
function toHeard(outcomes: readonly NewsOutcome[]): readonly HeardNews[] {
  const readFor = new Map(outcomes.map(({ offset, entities }) => [offset, entities]));
  return outcomes.map(({ via, receivedAt, outcome, sourceChangedAt, entities, coalescedInto }) => {
    const read = entities ?? (coalescedInto === undefined ? undefined : readFor.get(coalescedInto));
    const known = read === undefined || read.length === 0 ? {} : { entities: read.map(({ entity }) => entity) };
    return { via, receivedAt, outcome, sourceChangedAt: sourceChangedAt ?? null, ...known };
  });
}

function toOutcome(json: SQLOutputValue | undefined): NewsOutcome {
  return newsOutcomeSchema.parse(JSON.parse(String(json)));
}

function number(value: SQLOutputValue | undefined): number {
  return Number(value ?? 0);
}
