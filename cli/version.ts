import { readFileSync } from 'node:fs';

import { z } from 'zod';

/** This command's version. `package.json` lies above this file, and above the bundle that it becomes part of. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
