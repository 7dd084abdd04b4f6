import type { Clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import type { FactOffset, FactRecord, FactWrite } from '../event-log.ts';
import { factKeyText, parseFactKey } from '../fact-key-text.ts';
import { partitionOf } from '../key-partition.ts';
import { readToEnd, sendRecords, type RecordsOptions } from './record-topic.ts';
import { splitBySize } from './split-by-size.ts';
import { createTopicReader } from './topic-reader.ts';

/** Decisions on their compacted topic, and the log's own notes among them. */
export type KafkaFacts = {
  readonly append: (facts: readonly FactWrite[]) => Promise<readonly FactOffset[]>;
  readonly read: (from: readonly FactOffset[]) => AsyncIterable<FactRecord>;
  /** Remembers that a group has committed: from then on a commit that is missing was lost. */
  readonly markStarted: (pair: string, partition: number) => Promise<void>;
  readonly hadStarted: (pair: string, partition: number) => Promise<boolean>;
  /** The text that was kept under a name first; where there is none, one that is made now. The same for all processes, for good. */
  readonly keepNote: (name: string, make: () => string) => Promise<string>;
  readonly close: () => Promise<void>;
};

/** Keys of the log's own notes; no pair's name begins like this. */
const OWN = '$log/';
const KEPT_PARTITION = 0;

export function createKafkaFacts(options: RecordsOptions): KafkaFacts {
  const { names, connection, offsets, clock } = options;
  const topic = names.facts;
  const note = (key: string, partition?: number) => ({
    key: `${OWN}${key}`,
    value: noteText(clock),
    ...(partition === undefined ? {} : { partition }),
  });
  const reader = createTopicReader({
    topic,
    groupId: names.readerGroup(options.readerId()),
    connection,
    clock,
    nudge: async (partition) => {
      await sendRecords(connection, topic, [note('mark', partition)]);
    },
  });
  const countPartitions = once(async () => (await offsets.watermarks(topic)).length);

  // Each writer has a key of its own, so that none is compacted away; the first in the partition holds.
  async function readKept(name: string): Promise<string | null> {
    const prefix = `${OWN}kept/${name}/`;
    for await (const record of readToEnd(reader, offsets, topic, (at) => (at === KEPT_PARTITION ? 0 : null))) {
      const parsed = record.key.startsWith(prefix) ? parseRecord(record.value) : null;
      if (typeof parsed === 'object' && parsed !== null && 'text' in parsed && typeof parsed.text === 'string')
        return parsed.text;
    }
    return null;
  }

  return {
    async append(writes) {
      if (writes.length === 0) return [];
      const partitions = await countPartitions();
      const keyed = writes.map((fact) => {
        const key = factKeyText(fact);
        return { key, partition: partitionOf(key, partitions), value: encodeFact(fact.value) };
      });
      return appendKeyed(connection, topic, keyed);
    },
    async *read(from) {
      const first = new Map(from.map(({ partition, offset }) => [partition, offset]));
      for await (const record of readToEnd(reader, offsets, topic, (partition) => first.get(partition) ?? 0)) {
        const key = record.key.startsWith(OWN) ? null : parseFactKey(record.key);
        const at = { partition: record.partition, offset: record.offset };
        if (key !== null) yield { ...key, value: decodeFact(record.value), at };
      }
    },
    async markStarted(pair, partition) {
      await sendRecords(connection, topic, [note(startedKey(pair, partition))]);
    },
    async hadStarted(pair, partition) {
      const key = `${OWN}${startedKey(pair, partition)}`;
      const home = partitionOf(key, await countPartitions());
      for await (const record of readToEnd(reader, offsets, topic, (at) => (at === home ? 0 : null)))
        if (record.key === key) return true;
      return false;
    },
    async keepNote(name, make) {
      const found = await readKept(name);
      if (found !== null) return found;
      const kept = { ...note(`kept/${name}/${options.readerId()}`), value: JSON.stringify({ v: 1, text: make() }) };
      await sendRecords(connection, topic, [{ ...kept, partition: KEPT_PARTITION }]);
      // Somebody else may have come first.
      return must(await readKept(name), 'the note just kept');
    },
    close: reader.close,
  };
}

/** Appends in order, in as many parts as it takes, and says where each came to lie. */
async function appendKeyed(
  connection: RecordsOptions['connection'],
  topic: string,
  keyed: readonly { readonly key: string; readonly value: string | null; readonly partition: number }[],
): Promise<readonly FactOffset[]> {
  const answered: FactOffset[] = [];
  for (const part of splitBySize(keyed)) {
    const next = new Map(await sendRecords(connection, topic, part));
    for (const { partition } of part) {
      const offset = must(next.get(partition), 'the offset of what was written');
      next.set(partition, offset + 1);
      answered.push({ partition, offset });
    }
  }
  return answered;
}

function startedKey(pair: string, partition: number): string {
  return `group-started/${pair}/${partition}`;
}

function noteText(clock: Clock): string {
  return JSON.stringify({ v: 1, at: clock.now() });
}

function encodeFact(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify({ v: 1, value });
}

// What cannot be read is handed on as something no kind accepts: the fact store refuses it and names its key.
function decodeFact(value: Buffer | null): unknown {
  if (value === null) return null;
  const parsed = parseRecord(value);
  const isKnown = typeof parsed === 'object' && parsed !== null && 'v' in parsed && parsed.v === 1 && 'value' in parsed;
  return isKnown ? parsed.value : { unreadable: true };
}

/** The JSON of a record; null where it is none. */
export function parseRecord(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? 'null');
  } catch {
    return null;
  }
}

/** Asks once; a failure is not kept. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => {
    asked ??= ask();
    asked.catch(() => (asked = null));
    return asked;
  };
}
