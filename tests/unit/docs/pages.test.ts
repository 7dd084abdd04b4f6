import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import packageJson from '../../../package.json' with { type: 'json' };
import { VERBS } from '../../../cli/verbs.ts';
import { readPage, readPages } from './pages.ts';

const ROOT = new URL('../../../', import.meta.url);
const pages = await readPages();

test.each(pages)('every link of $name within the repository leads somewhere', async ({ name, text }) => {
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].flatMap(([, link = '']) =>
    /^\w+:/.test(link) ? [] : [link],
  );

  for (const link of links)
    await expect(
      access(fileURLToPath(new URL(link, new URL(name, ROOT)))),
      `${name}: ${link}`,
    ).resolves.toBeUndefined();
});

test.each(pages)('every command that $name names is there', ({ text }) => {
  const code = [...text.matchAll(/```(?:text|sh|console)\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, inline]) => block ?? inline ?? '',
  );
  const verbs = code.flatMap((part) =>
    [...part.matchAll(/(?:^|[\n ;])lockstep ([a-z]+)/g)].map(([, verb = '']) => verb),
  );
  const scripts = code.flatMap((part) => [...part.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script));

  expect(verbs.filter((verb) => verb !== 'help' && !Object.hasOwn(VERBS, verb))).toEqual([]);
  expect(scripts.filter((script) => !Object.hasOwn(packageJson.scripts, script))).toEqual([]);
});

test('the newest version in the change log is that of the package', async () => {
  const { text } = await readPage('CHANGELOG.md');

  const [, version] = /^## (?!Unreleased)(\S+)/m.exec(text) ?? [];

  expect(version).toBe(packageJson.version);
});

test('the tarball that the README installs is the one that npm packs', async () => {
  const { text } = await readPage('README.md');

  expect(text).toContain(`./${packageJson.name}-${packageJson.version}.tgz`);
});
