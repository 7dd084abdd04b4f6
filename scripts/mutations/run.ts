import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { CI_MUTATIONS, MUTATIONS } from './mutations.ts';
import { showTable } from './show-table.ts';
import { tryMutations, type Tried } from './try-mutations.ts';

// npm run mutations [-- --only <id>]… [--ci] [--parallel 2] [--out mutations.json]
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    ci: { type: 'boolean', default: false },
    parallel: { type: 'string', default: '2' },
    out: { type: 'string', default: 'coverage/mutations.json' },
  },
});
const asked = values.ci ? CI_MUTATIONS : MUTATIONS;
const unknown = values.only.filter((id) => !MUTATIONS.some((mutation) => mutation.id === id));
const chosen = values.only.length === 0 ? asked : MUTATIONS.filter(({ id }) => values.only.includes(id));

if (unknown.length > 0) {
  process.stderr.write(
    `There is no mutation ${unknown.join(', ')}; there are: ${MUTATIONS.map(({ id }) => id).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  const tried = await tryMutations(chosen, { parallel: Number(values.parallel), baseline: !values.ci, onTried: tell });
  process.stdout.write(`\n${showTable(tried)}\n`);
  await mkdir(new URL('.', new URL(values.out, `file://${process.cwd()}/`)), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(tried.map(toRow), null, 2)}\n`);
  const bad = tried.filter(({ result }) => result.kind !== 'noticed');
  process.stdout.write(
    `\n${String(tried.length - bad.length)} of ${String(tried.length)} mutations were noticed${bad.length === 0 ? '' : `; not ${bad.map(({ mutation }) => mutation.id).join(', ')}`}\n`,
  );
  process.exitCode = bad.length === 0 ? 0 : 1;
}

function tell({ mutation, result, seconds }: Tried): void {
  const said = result.kind === 'noticed' ? result.message : result.kind === 'broken' ? result.why : '';
  process.stdout.write(`${result.kind} ${mutation.id} (${seconds.toFixed(0)} s) ${said}\n`);
}

function toRow({ mutation: { id, breaks, does, file }, result }: Tried) {
  return { id, breaks, does, file, ...result };
}
