import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { setInEnvFile, withVariables } from '../../../cli/connect/env-file.ts';

test('a variable is set in its place, and the rest of the file stays as it is', () => {
  const before = '# shops\nWOO_KEY=\nexport  WOO_SECRET = "old"\nWOO_KEYS=7\n\n';

  expect(withVariables(before, { WOO_KEY: 'ck_1', WOO_SECRET: 'cs_1', TOKEN: 'shpat_1' })).toBe(
    '# shops\nWOO_KEY=ck_1\nWOO_SECRET=cs_1\nWOO_KEYS=7\nTOKEN=shpat_1\n',
  );
});

test('what a shell would take apart is quoted', () => {
  expect(withVariables('', { A: `x'; rm -rf $HOME` })).toBe(`A='x'\\''; rm -rf $HOME'\n`);
});

test('the file is its owner’s alone afterwards, also where it was open to all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, '.env');
  writeFileSync(file, 'A=1\n', { mode: 0o644 });

  await setInEnvFile(file, { B: '2' });

  expect(readFileSync(file, 'utf8')).toBe('A=1\nB=2\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
