import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { randomId } from '#libs/runtime/random.ts';
import { openWorld, PATIENCE, SECRETS, type World, type WorldOptions } from '../integration/harness.ts';
import { freePort } from '../../simulators/services/processes.ts';

type Servers = { readonly brokers: readonly string[]; readonly redisUrl: string };

/** A world whose log and state lie on these servers, under a prefix of its own. */
export function openClusterWorld({ brokers, redisUrl }: Servers, options: WorldOptions = {}): Promise<World> {
  const prefix = `t-${randomId().slice(0, 12)}`;
  const log = `log: { kafka: { brokers: ${JSON.stringify(brokers)}, prefix: ${prefix} } }`;
  return openWorld({ ...options, more: `${log}\nstate: { redis: "${redisUrl}" }\n${options.more ?? ''}` });
}

/** Another config beside the world's own, as `--config FILE`: what `edit` makes of its text. */
export async function anotherConfig(
  { cwd }: World,
  name: string,
  edit: (text: string) => string,
): Promise<readonly string[]> {
  const text = await readFile(join(cwd, 'lockstep.config.yaml'), 'utf8');
  const edited = edit(text);
  if (edited === text) throw new Error('The config is not another one');
  const file = join(cwd, `${name}.config.yaml`);
  await writeFile(file, edited);
  return ['--config', file];
}

export type IngestPorts = {
  readonly config: readonly string[];
  readonly url: string;
  /** Status and body of `/health/ready`. */
  readonly readiness: () => Promise<unknown>;
};

/** A config by which one ingest more can run on this machine: with ports of its own. */
export async function ingestConfig(world: World, name: string): Promise<IngestPorts> {
  const [port, privatePort] = [await freePort(), await freePort()];
  const config = await anotherConfig(world, name, (text) =>
    text.replace(/ port: \d+/, ` port: ${port}`).replace('privatePort: 0', `privatePort: ${privatePort}`),
  );
  return {
    config,
    url: `http://127.0.0.1:${port}`,
    async readiness() {
      const answer = await fetch(`http://127.0.0.1:${privatePort}/health/ready`);
      return { status: answer.status, ...((await answer.json()) as object) };
    },
  };
}

/** Tells an ingest that a product changed, as the old shop signs it; the status of the answer. */
export async function tell(url: string, productId: number, pair = 'acme'): Promise<number> {
  const body = JSON.stringify({ id: productId });
  const answer = await fetch(`${url}/webhooks/${pair}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': 'product.updated',
      'x-wc-webhook-signature': createHmac('sha256', SECRETS.WOO_HOOK).update(body).digest('base64'),
    },
  });
  await answer.text();
  return answer.status;
}

/** Until an ingest listens, whether or not its pairs can run yet. */
export async function untilListens({ url }: IngestPorts): Promise<void> {
  const ask = () =>
    fetch(`${url}/webhooks/nobody`, { method: 'POST' }).then(
      ({ status }) => status,
      () => null,
    );
  await expect.poll(ask, PATIENCE).toBe(404);
}
