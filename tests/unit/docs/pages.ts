import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export type Page = { readonly name: string; readonly text: string };

export async function readPage(name: string): Promise<Page> {
  return { name, text: await readFile(`${ROOT}${name}`, 'utf8') };
}

/** Every page that people read. */
export async function readPages(): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for await (const name of glob(['*.md', 'docs/**/*.md'], { cwd: ROOT })) pages.push(await readPage(name));
  return pages.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The rows of the first table below a heading, cell by cell. */
export function tableBelow({ text }: Page, heading: string): readonly (readonly string[])[] {
  const lines = text.slice(text.indexOf(`\n## ${heading}\n`)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  return lines.slice(first + 2, first + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
