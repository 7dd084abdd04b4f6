import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import packageJson from '../../../package.json' with { type: 'json' };
import { COMPOSE_FILES, readCompose, readRepositoryFile } from '#tests/builders/compose.ts';

const ROOT = new URL('../../../', import.meta.url);
const dockerfile = await readRepositoryFile('Dockerfile');
const ignored = (await readRepositoryFile('.dockerignore')).split('\n').filter((line) => /^[^#]/.test(line));

/** What is copied from the repository, and what from the stage before. */
const copies = [...dockerfile.matchAll(/^COPY (--from=(\w+) )?(.+)$/gm)].map(([, , stage, paths = '']) => ({
  stage: stage ?? null,
  from: paths.split(' ').slice(0, -1),
}));
const copied = copies.filter(({ stage }) => stage === null).flatMap(({ from }) => from);

function jsonAfter(instruction: string): readonly string[] {
  const line = new RegExp(`^(?:HEALTHCHECK .* )?${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? '[]';
  return JSON.parse(line) as readonly string[];
}

test('each file that the image is made of is there, and comes through .dockerignore', async () => {
  expect(copied).not.toEqual([]);
  for (const path of copied) await expect(access(fileURLToPath(new URL(path, ROOT)))).resolves.toBeUndefined();

  expect(ignored[0]).toBe('*');
  expect(new Set(ignored.slice(1))).toEqual(new Set(copied.map((path) => `!${path}`)));
});

test('the image is built on the Node that everything is tried with', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);

  expect(new Set(bases)).toEqual(new Set([`node:${packageJson.devDependencies.node}-bookworm-slim`]));
});

test('the image carries what was built and what that needs, and nothing of the sources', () => {
  const carried = copies.filter(({ stage }) => stage !== null).flatMap(({ from }) => from);

  expect(carried).toEqual(['/build/package.json', '/build/node_modules', '/build/dist']);
  expect(dockerfile).toContain('RUN npm run build && npm prune --omit=dev');
});

test('the image starts the command of the package, without a shell that would keep SIGTERM to itself', () => {
  const entry = jsonAfter('ENTRYPOINT');

  expect(entry).toEqual(['node', `/app/${packageJson.bin.lockstep}`]);
  expect(dockerfile.trimEnd().split('\n').at(-1)).toBe('CMD ["start"]');
  expect(jsonAfter('CMD')).toEqual(['node', '/app/health.mjs', 'live']);
  expect(dockerfile).toContain(`ln -s /app/${packageJson.bin.lockstep} /usr/local/bin/lockstep`);
});

test('the user of the image owns the folders that the compose files mount, and no other', async () => {
  const files = await Promise.all(COMPOSE_FILES.map((file) => readCompose(file)));
  const mounted = files.flatMap(({ services }) =>
    Object.values(services)
      .filter(({ build }) => build !== undefined)
      .flatMap(({ volumes }) =>
        volumes.filter((volume) => !volume.endsWith(':ro')).map((volume) => volume.split(':')[1]),
      ),
  );
  const [, owner = '', made = ''] = /install -d -o (\w+) .*?((?: \/\S+)+)$/m.exec(dockerfile) ?? [];

  expect(dockerfile).toContain(`\nUSER ${owner}\n`);
  expect(new Set(mounted)).toEqual(new Set(made.trim().split(' ')));
});

test('both compose files name the image by the version of the package', async () => {
  for (const file of COMPOSE_FILES) {
    const { services } = await readCompose(file);
    const images = Object.values(services).flatMap(({ build, image }) => (build === undefined ? [] : [image]));

    expect(new Set(images)).toEqual(new Set([`lockstep:${packageJson.version}`]));
  }
});
