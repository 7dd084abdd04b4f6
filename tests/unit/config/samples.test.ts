import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { PLATFORMS } from '#libs/connectors/registry.ts';
import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { SAMPLE_CONFIG } from '../../../cli/sample-config.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

type Sample = { readonly name: string; readonly text: string };

/** Every config that is handed out: that of `init`, those of the containers, and each block of YAML in the documentation. */
async function findSamples(): Promise<readonly Sample[]> {
  const samples: Sample[] = [{ name: 'lockstep init', text: SAMPLE_CONFIG }];
  for await (const file of glob('deploy/**/*.yaml', { cwd: ROOT }))
    samples.push({ name: file, text: await readFile(`${ROOT}${file}`, 'utf8') });
  for await (const file of glob(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: ROOT })) {
    const text = await readFile(`${ROOT}${file}`, 'utf8');
    for (const [index, match] of [...text.matchAll(/```ya?ml\n([\s\S]*?)```/g)].entries()) {
      const body = match[1] ?? '';
      if (/^pairs:/m.test(body)) samples.push({ name: `${file} (${index + 1})`, text: body });
    }
  }
  return samples;
}

/** A value for every variable that a sample names. */
function envOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, valueOf(name)]));
}

function valueOf(name: string): string {
  return name.endsWith('_CA') ? '-----BEGIN CERTIFICATE-----' : 'the-value-of-a-variable-of-the-environment';
}

test.each(await findSamples())('the config in $name is one that this version accepts', async ({ name, text }) => {
  const config = await parseConfig(
    { main: { file: name, text }, pairs: [] },
    { folder: '/shop', env: envOf(text), platforms: PLATFORMS },
  );

  expect(config.pairs.length).toBeGreaterThan(0);
});
