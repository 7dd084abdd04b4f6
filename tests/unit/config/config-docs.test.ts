import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { PLATFORMS } from '#libs/connectors/registry.ts';
import { configJsonSchema, configMarkdown } from '#libs/runtime/config/config-docs.ts';

function readDocs(name: string): Promise<string> {
  return readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
}

/** Without what a formatter may move: the width of columns and blank lines. */
function words(markdown: string): string {
  return markdown.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ').trim();
}

test('docs/configuration.md is what the schema says (else: npm run docs:config)', async () => {
  expect(words(await readDocs('configuration.md'))).toBe(words(configMarkdown(PLATFORMS)));
});

test('docs/lockstep.schema.json is what the schema says (else: npm run docs:config)', async () => {
  const written: unknown = JSON.parse(await readDocs('lockstep.schema.json'));

  expect(written).toEqual(JSON.parse(JSON.stringify(configJsonSchema(PLATFORMS))));
});

test('every setting that stands in the reference says what it is', () => {
  const undescribed = configMarkdown(PLATFORMS)
    .split('\n')
    .filter((line) => /^\| `[^`]+` \|\s+\|/.test(line))
    .filter((line) => !line.includes('httpAuth.'));

  expect(undescribed).toEqual([]);
});
