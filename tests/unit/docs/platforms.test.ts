import { describe, expect, test } from 'vitest';

import { fieldsMarkdown } from '#libs/connectors/fields-docs.ts';
import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import { must } from '#libs/runtime/must.ts';
import { declaredPlatforms } from '../../../cli/declared-platforms.ts';
import { readPage, tableBelow } from './pages.ts';

const platforms = await declaredPlatforms();
const HEADINGS = ['Keys', 'Permissions', 'Webhook ports', 'Settings to change', 'Not possible'];

test.each(platforms)('the page of $label says what to prepare and what cannot be', async ({ label }) => {
  const { text } = await readPage(`docs/${label.toLowerCase()}.md`);

  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  const parts = text.split(/^## .+$/m).slice(1);

  expect(headings).toEqual(HEADINGS);
  expect(parts.filter((part) => part.trim().length < 100)).toEqual([]);
});

/** Without what a formatter may move: the width of columns and blank lines. */
function words(markdown: string): string {
  return markdown.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ').trim();
}

describe('docs/fields.md', () => {
  test('is what the connectors declare (else: npm run docs:fields)', async () => {
    const { text } = await readPage('docs/fields.md');

    expect(words(text)).toBe(words(fieldsMarkdown(platforms)));
  });

  test('has every field, with what it says', async () => {
    const page = await readPage('docs/fields.md');

    const rows = ['product', 'variant', 'order', 'customer'].flatMap((entity) => tableBelow(page, entity));

    expect(rows.map(([name = '']) => name.replaceAll('`', ''))).toEqual([...FIELD_NAMES]);
    expect(rows.filter(([, meaning = '']) => meaning === '')).toEqual([]);
  });

  test('follows what a connector declares', () => {
    const declared = must(platforms[0], 'a platform').capabilities;
    const capabilities = { ...declared, writable: new Set(['variant.price'] as const) };

    const text = fieldsMarkdown([{ label: 'Corner shop', capabilities }]);

    expect(text).toMatch(/\| `variant.price` \|[^|]+\| read \| written \|/);
    expect(text).toMatch(/\| `variant.quantity` \|[^|]+\| read \| – \|/);
  });
});
