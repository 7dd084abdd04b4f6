import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OXLINT = join(ROOT, 'node_modules/oxlint/bin/oxlint');

type Plant = { readonly file: string; readonly imports: string };

const FORBIDDEN: readonly Plant[] = [
  { file: 'libs/model/to-services.ts', imports: '../../services/ingest/app.ts' },
  { file: 'libs/model/to-cli.ts', imports: '../../cli/verbs.ts' },
  { file: 'libs/model/to-simulators.ts', imports: '../../simulators/core/ledger.ts' },
  { file: 'libs/model/to-tests.ts', imports: '#tests/builders/entities.ts' },
  { file: 'services/applier/to-ingest.ts', imports: '../ingest/app.ts' },
  { file: 'services/ingest/to-reconciler.ts', imports: '../reconciler/sweep.ts' },
  { file: 'services/reconciler/report/to-applier.ts', imports: '../../applier/coalesce.ts' },
  { file: 'services/applier/to-libs-by-path.ts', imports: '../../libs/runtime/clock.ts' },
  { file: 'services/applier/to-cli.ts', imports: '../../cli/verbs.ts' },
  { file: 'services/reconciler/to-simulators.ts', imports: '../../simulators/core/ledger.ts' },
  { file: 'services/reconciler/to-tests.ts', imports: '#tests/builders/entities.ts' },
  { file: 'simulators/core/to-libs.ts', imports: '#libs/model/money.ts' },
  { file: 'simulators/oracle/to-libs-by-path.ts', imports: '../../libs/model/money.ts' },
  { file: 'simulators/oracle/to-services.ts', imports: '../../services/reconciler/find-cause.ts' },
  { file: 'simulators/woocommerce/to-tests.ts', imports: '#tests/builders/entities.ts' },
  { file: 'cli/to-simulators.ts', imports: '../simulators/core/ledger.ts' },
  { file: 'cli/to-tests.ts', imports: '#tests/builders/entities.ts' },
];

const ALLOWED: readonly Plant[] = [
  { file: 'libs/model/to-other-lib.ts', imports: '#libs/runtime/clock.ts' },
  { file: 'services/applier/to-lib.ts', imports: '#libs/runtime/clock.ts' },
  { file: 'services/reconciler/report/to-own-service.ts', imports: '../find-cause.ts' },
  { file: 'simulators/oracle/to-other-simulator.ts', imports: '../core/ledger.ts' },
  { file: 'cli/to-service.ts', imports: '../services/ingest/app.ts' },
  { file: 'cli/demo/to-simulators.ts', imports: '../../simulators/core/ledger.ts' },
];

const lintedSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })),
});

let folder = '';
let refused: ReadonlySet<string> = new Set();

// Planted beside the repository, not in it: a file that a killed test left behind would break the next gate.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-lint-'));
  await copyFile(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  for (const plant of [...FORBIDDEN, ...ALLOWED]) await sow(plant);
  refused = await findRefusedImports();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(FORBIDDEN)('$file may not import $imports', ({ file }) => {
  expect(refused).toContain(file);
});

test.each(ALLOWED)('$file may import $imports', ({ file }) => {
  expect(refused).not.toContain(file);
});

async function sow({ file, imports }: Plant): Promise<void> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `import * as planted from '${imports}';\n\nexport const kept = planted;\n`);
}

async function findRefusedImports(): Promise<ReadonlySet<string>> {
  const { diagnostics } = lintedSchema.parse(JSON.parse(await runOxlint()));
  const imports = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
  return new Set(imports.map(({ filename }) => filename));
}

function runOxlint(): Promise<string> {
  return new Promise((resolve) => {
    // It ends with 1 when it finds something, so only what it says counts.
    execFile(process.execPath, [OXLINT, '--format=json', '.'], { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
}
