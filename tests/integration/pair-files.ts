import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The same config, with each pair in a file of its own. */
export async function writePairFiles(cwd: string, config: string): Promise<void> {
  const [, block = '', rest = ''] = /^pairs:((?:\n {2}.*)*)([^]*)$/.exec(config) ?? [];
  await mkdir(join(cwd, 'pairs'));
  for (const [, name = '', body = ''] of block.matchAll(/\n {2}([\w-]+):((?:\n {4}.*)*)/g))
    await writeFile(join(cwd, 'pairs', `${name}.yaml`), body.replaceAll('\n    ', '\n').trimStart());
  await writeFile(join(cwd, 'lockstep.config.yaml'), rest.trimStart());
}
