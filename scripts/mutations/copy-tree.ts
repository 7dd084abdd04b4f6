import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['libs', 'services', 'cli', 'simulators', 'tests', 'docs', 'package.json', 'tsconfig.json'];
const MORE = ['vitest.config.ts', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'scripts'];

export type Copy = AsyncDisposable & { readonly path: string };

/** The sources as they lie here, what is not committed included, in a folder of their own; what is installed is linked. */
export async function copyTree(): Promise<Copy> {
  const path = await mkdtemp(join(tmpdir(), 'lockstep-mutations-'));
  for (const part of [...PARTS, ...MORE]) await cp(join(ROOT, part), join(path, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'), 'dir');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
