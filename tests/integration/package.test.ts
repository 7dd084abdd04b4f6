import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { VERBS } from '../../cli/verbs.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const packedSchema = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);

type Ended = { readonly code: number | string | null | undefined; readonly out: string; readonly err: string };

let folder = '';
let files: readonly string[] = [];

// An empty folder far from this repository, so that nothing of its node_modules can be found by accident.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-package-'));
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], ROOT);
  // What the build prints stands before the JSON.
  const [tarball] = packedSchema.parse(JSON.parse(packed.out.slice(packed.out.indexOf('[\n'))));
  files = tarball.files.map(({ path }) => path);

  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const installed = await run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball.filename],
    folder,
  );
  if (installed.code !== 0) throw new Error(`Cannot install the package: ${installed.err}`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the package carries JavaScript and documents, and neither sources nor tests', () => {
  const strange = files.filter(
    (path) => !/^(dist|docs)\/|^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/.test(path),
  );

  expect(strange).toEqual([]);
  expect(files.filter((path) => /\.ts$|test/.test(path))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['dist/lockstep.js', 'dist/embedded-log-worker.js', 'LICENSE']));
});

test('the installed command lists every verb', async () => {
  const { code, out } = await lockstep(['--help']);

  expect(code).toBe(0);
  for (const verb of Object.keys(VERBS)) expect(out).toContain(`lockstep ${verb}`);
});

test.each(Object.keys(VERBS))('the installed command can load the verb "%s" with all that it needs', async (verb) => {
  const { code, out, err } = await lockstep([verb, '--help']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`lockstep ${verb}`);
});

test('the installed command names every mistake of a bad config and ends with 2', async () => {
  await writeFile(
    join(folder, 'bad.yaml'),
    'pairs:\n  acme:\n    source: { platform: woocommerce, url: old.example.com }\n',
  );

  const { code, err } = await lockstep(['check', '--config', 'bad.yaml']);

  expect(code).toBe(2);
  expect(err).toMatch(/^bad\.yaml has \d+ mistakes:\n/);
  expect(err).toContain('pairs.acme.source.url');
  expect(err).toContain('pairs.acme.target');
});

test('the installed command runs its embedded log in a thread of its own', async () => {
  const environment = {
    WOO_KEY: 'ck_1',
    WOO_SECRET: 'cs_1',
    WOO_HOOK: 'hook-secret-of-test',
    SHOPIFY_TOKEN: 'shpat_1',
  };
  await lockstep(['init', 'fresh.yaml']);

  const { code, out, err } = await lockstep(['log', '--config', 'fresh.yaml'], environment);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/\S/);
  expect(await readdir(join(folder, '.lockstep'))).toContain('log.sqlite');
});

test('the installed command plays a short demo, with all the data that its shops need', async () => {
  const { code, out, err } = await lockstep(['demo', '--once', '--small', '--seconds', '1']);

  // Whether the story ends well is the demo's own test; here it has to come to its end.
  expect({ code: code === 0 || code === 1 ? 'told' : code, err }).toEqual({ code: 'told', err: '' });
  expect(out).toContain('Report');
  expect(await readdir(join(folder, '.lockstep/reports'))).toContainEqual(expect.stringMatching(/^demo-.*\.html$/));
});

function lockstep(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return run(join(folder, 'node_modules/.bin/lockstep'), args, folder, environment);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  // The Node that runs this test, whatever the machine calls `node`, and none of npm's own settings of an outer `npm test`; but
  // whom the machine trusts, or nothing can be fetched where the way out is watched.
  const own = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name === 'NODE_EXTRA_CA_CERTS' || !/^(npm_|NODE_|VITEST)/i.test(name),
    ),
  );
  const env = { ...own, ...environment, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  return new Promise((resolve) => {
    execFile(command, [...args], { cwd, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
  });
}
