import { expect, test } from 'vitest';

import { kafkaNames, pairTopic, RETENTION_MS, sharedTopics } from '#libs/event-log/kafka/kafka-topics.ts';
import { readPage, tableBelow } from './pages.ts';

const page = await readPage('docs/operating.md');
const names = kafkaNames('lockstep');
const specs = [...sharedTopics(names), pairTopic(names, '<pair>', 1)];

/** The tables of a part of the page, in order. */
function tableAt(heading: string, nth: number): readonly (readonly string[])[] {
  const part = page.text.slice(page.text.indexOf(`\n## ${heading}\n`) + 1).split(/\n## /)[0] ?? '';
  const tables = part.split(/\n(?!\|)/).filter((block) => block.startsWith('\n|') || block.startsWith('|'));
  const text = `\n## Table\n\n${tables[nth]?.trimStart() ?? ''}\n`;
  return tableBelow({ name: page.name, text }, 'Table');
}

test('docs/operating.md names each topic with its partitions and how long it is kept', () => {
  const told = tableAt('What lies where', 0).map(([topic, partitions = '', kept]) => [
    topic,
    parseInt(partitions),
    kept,
  ]);
  const made = specs.map(({ name, partitions, settings }) => [
    `\`${name}\``,
    partitions,
    settings['cleanup.policy'] === 'compact' ? 'compacted' : `${Number(settings['retention.ms']) / 86_400_000} days`,
  ]);

  expect(told).toEqual(made);
});

test('docs/operating.md names each group', () => {
  const told = tableAt('What lies where', 1).map(([group]) => group);

  expect(told).toEqual(
    [names.group('<pair>'), names.delayGroup, names.readerGroup('<random>')].map((name) => `\`${name}\``),
  );
});

test('docs/operating.md counts the partitions that it reckons with', () => {
  const shared = sharedTopics(names);
  const partitions = shared.reduce((sum, topic) => sum + topic.partitions, 0);
  const told = page.text.split('\n').find((line) => line.startsWith('| topics, partitions')) ?? '';

  expect(
    told
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()),
  ).toEqual([1, 20, 200].map((pairs) => `${shared.length + pairs}, ${partitions + pairs}`));
});

test('docs/operating.md asks for offsets that are kept as long as the news', () => {
  expect(page.text).toContain(`offsets.retention.minutes=${RETENTION_MS / 60_000}`);
});
