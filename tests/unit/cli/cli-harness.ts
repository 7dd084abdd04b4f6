import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCli } from '../../../cli/dispatch.ts';
import type { ExitCode, Io } from '../../../cli/io.ts';
import { VERBS } from '../../../cli/verbs.ts';

/** A folder with a config whose shops nobody asks, and the command run in it as a person would. */
export async function cliFolder(config: string = CONFIG) {
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-cli-'));
  if (config !== '') await writeFile(join(cwd, 'lockstep.config.yaml'), config);
  return {
    cwd,
    run: (...argv: readonly string[]) => runIn(cwd, argv),
    remove: () => rm(cwd, { recursive: true, force: true }),
  };
}

export type Ran = { readonly code: ExitCode; readonly out: string; readonly err: string };

export async function runIn(cwd: string, argv: readonly string[], change: Partial<Io> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    confirm: () => Promise.resolve(false),
    cwd,
    env: { WOO_KEY: 'ck_12345678', WOO_SECRET: 'cs_12345678', WOO_HOOK: 'hook12345678', TOKEN: 'shpat_12345678' },
    isTerminal: false,
    user: 'anna',
    signal: new AbortController().signal,
    ...change,
  };
  return { code: await runCli(argv, io, VERBS), out, err };
}

export const CONFIG = `pairs:
  acme:
    source:
      platform: woocommerce
      url: http://127.0.0.1:1
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
    target:
      platform: shopify
      shop: acme.myshopify.com
      url: http://127.0.0.1:1
      accessToken: "\${TOKEN}"
      location: Main
    sync: { variant: { fields: [quantity] }, order: { fields: [status] } }
ingest: { port: 0, privatePort: 0, publicUrl: https://sync.example.com }
`;
