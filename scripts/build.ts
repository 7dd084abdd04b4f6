// Makes `dist/`, the JavaScript that a package carries: Node strips no types inside node_modules.
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DIST = `${ROOT}dist/`;

/** Everything that Node starts by itself: the command, and the threads that `new Worker` is given. */
const ENTRIES = {
  main: 'cli/main.ts',
  'embedded-log-worker': 'libs/event-log/embedded-log-worker.ts',
};

/** What is read at run time; it lies beside the bundles, because they look for it beside themselves. */
const DATA = ['simulators/shopify/admin-subset.graphql'];

/** The command itself, in words that any Node understands, so that an old one is told what is missing. */
const LAUNCHER = `#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write('Cannot start on Node ' + process.versions.node + ': Lockstep needs Node 24 or newer\\n');
  process.exit(2);
}
await import('./main.js');
`;

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST);
await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRIES,
  outdir: DIST,
  bundle: true,
  // One copy of each module, however many entries share it, and a verb is read only when it is called. All files lie flat in
  // one folder: what is found by `import.meta.url` is found from each of them.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  logLevel: 'warning',
});
for (const file of DATA) await copyFile(`${ROOT}${file}`, `${DIST}${file.slice(file.lastIndexOf('/') + 1)}`);
await writeFile(`${DIST}lockstep.js`, LAUNCHER);
await chmod(`${DIST}lockstep.js`, 0o755);
