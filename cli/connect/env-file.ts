import { chmod, readFile, rename, writeFile } from 'node:fs/promises';

import { isErrno } from '#libs/runtime/data-dir.ts';

/** The text of an environment file with these variables set: each in its place where it stands already, else at the end. */
export function withVariables(text: string, values: Readonly<Record<string, string>>): string {
  const left = new Map(Object.entries(values));
  const lines = text.split('\n').map((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1];
    const value = name === undefined ? undefined : left.get(name);
    if (name === undefined || value === undefined) return line;
    left.delete(name);
    return `${name}=${quote(value)}`;
  });
  const added = [...left].map(([name, value]) => `${name}=${quote(value)}`);
  const kept = lines.join('\n').replace(/\n+$/, '');
  return [...(kept === '' ? [] : [kept]), ...added, ''].join('\n');
}

/** Keys are letters, digits and `_`; anything else is kept from whoever reads the file as a script. */
function quote(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** Sets variables in a file that its owner alone can read afterwards. Never half written: it takes the old one's place whole. */
export async function setInEnvFile(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  const next = `${file}.new`;
  await writeFile(next, withVariables(await readOrEmpty(file), values), { mode: 0o600 });
  // The mode above counts only for a file that was not there.
  await chmod(next, 0o600);
  await rename(next, file);
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}
