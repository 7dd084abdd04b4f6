import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { PLATFORMS } from '#libs/connectors/registry.ts';
import { RETENTION_MS } from '#libs/event-log/kafka/kafka-topics.ts';
import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { PART_NAMES } from '../../../cli/run-parts.ts';
import { readArgs } from '../../../cli/verb.ts';
import { VERBS } from '../../../cli/verbs.ts';
import {
  COMPOSE_FILES,
  composeMs,
  readCompose,
  readEnvExample,
  readRepositoryFile,
  variablesIn,
  type ComposeService,
} from '#tests/builders/compose.ts';

const ROOT = new URL('../../../', import.meta.url);
const files = await Promise.all(COMPOSE_FILES.map((file) => readCompose(file)));
const services = files.flatMap(({ file, services: all }) =>
  Object.entries(all).map(([name, service]) => ({ file, name, service, title: `${name} of ${file}` })),
);
const ours = services.filter(({ service }) => service.build !== undefined);
const env = await readEnvExample();
const cluster = await readCompose('docker-compose.yml');

function configOf(service: ComposeService): string {
  const mount = service.volumes.find((volume) => volume.includes(':/etc/lockstep')) ?? '';
  return `${mount.split(':')[0]?.replace('./', '') ?? ''}/lockstep.config.yaml`;
}

async function loadedConfigOf(service: ComposeService) {
  const file = configOf(service);
  const text = await readRepositoryFile(file);
  const filled = Object.fromEntries(
    [...env.keys()].map((name) => [name, `the-value-of-${name.toLowerCase()}-for-tests`]),
  );
  return parseConfig(
    { main: { file, text }, pairs: [] },
    { folder: '/etc/lockstep', env: filled, platforms: PLATFORMS },
  );
}

test.each(services)('the image of $title is pinned', ({ service }) => {
  expect(service.image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)*$/);
});

test.each(services)(
  '$title is asked how it is, unless it is run by a person',
  ({ service: { healthcheck, profiles } }) => {
    if (profiles !== undefined) expect(profiles).toEqual(['tools']);
    else expect(healthcheck).toHaveProperty('test');
  },
);

test.each(services)('$title has no privilege that it does not use', ({ name, service }) => {
  expect(service.cap_drop).toEqual(['ALL']);
  expect(service.security_opt).toEqual(['no-new-privileges:true']);
  expect(service.cap_add ?? []).toEqual(name === 'proxy' ? ['NET_BIND_SERVICE'] : []);
  // Kafka writes its settings beside its programs at each start.
  expect(service.read_only ?? false).toBe(!name.startsWith('kafka-'));
});

test('nothing runs as root but the proxy, which may do nothing of it but open its ports', async () => {
  const dockerfile = await readRepositoryFile('Dockerfile');
  const users = services.map(({ name, service }) => [
    name,
    service.build === undefined ? service.user : /^USER (\S+)$/m.exec(dockerfile)?.[1],
  ]);

  expect(users.filter(([, user]) => user === undefined || user === 'root' || user === '0')).toEqual([
    ['proxy', undefined],
    ['proxy', undefined],
  ]);
});

test.each(files)(
  '$file declares each volume and network that it mounts, and no other',
  ({ services: all, ...file }) => {
    const named = Object.values(all).flatMap(({ volumes }) =>
      volumes.map((volume) => volume.split(':')[0] ?? '').filter((from) => !from.startsWith('.')),
    );
    const networks = Object.values(all).flatMap((service) => service.networks ?? []);

    expect(new Set(named)).toEqual(new Set(Object.keys(file.volumes)));
    expect(new Set(networks)).toEqual(new Set(Object.keys(file.networks)));
  },
);

test.each(services)('what $title mounts from the repository is there', async ({ service }) => {
  const mounted = service.volumes.filter((volume) => volume.startsWith('./'));

  for (const volume of mounted) {
    expect(volume).toMatch(/:ro$/);
    await expect(access(fileURLToPath(new URL(volume.split(':')[0] ?? '', ROOT)))).resolves.toBeUndefined();
  }
});

test.each(services)('what $title waits for is a service with that condition', ({ file, service }) => {
  const others = files.find((one) => one.file === file)?.services ?? {};

  for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
    expect(Object.keys(others)).toContain(name);
    if (condition === 'service_healthy') expect(others[name]?.healthcheck).toHaveProperty('test');
  }
});

test('each variable that a compose file, the proxy or a config of ours refers to stands in .env.example, and no other', async () => {
  const configs = await Promise.all(ours.map(({ service }) => readRepositoryFile(configOf(service))));
  const given = new Set(services.flatMap(({ service }) => Object.keys(service.environment ?? {})));
  const proxied = variablesIn(await readRepositoryFile('deploy/Caddyfile'));

  expect(proxied.filter((name) => !given.has(name))).toEqual([]);
  const used = [...files.map(({ text }) => text), ...configs].flatMap((text) => variablesIn(text));
  expect(new Set(used)).toEqual(new Set(env.keys()));
});

test('.env.example holds no secret', () => {
  const filled = [...env].filter(([, value]) => value !== '').map(([name]) => name);

  expect(filled).toEqual(['LOCKSTEP_HOST']);
});

test.each(ours)('$title runs a command that there is', async ({ service: { command = [] } }) => {
  const [verb = '', ...rest] = command;
  const args = readArgs(rest, await (VERBS[verb]?.load() ?? Promise.reject(new Error(`There is no verb ${verb}`))));

  expect(args.words.filter((word) => !PART_NAMES.some((part) => part === word))).toEqual([]);
});

test('the cluster runs each part of start, and the single one all of them', () => {
  const commands = ours.map(({ file, service }) => `${file} ${service.command?.join(' ')}`);

  expect(commands).toEqual([
    ...PART_NAMES.map((part) => `docker-compose.yml start ${part}`),
    'docker-compose.yml status',
    'docker-compose.single.yml start',
  ]);
});

test.each(ours)(
  '$title finds in its config the ports, folders and addresses that the file gives it',
  async ({ file, service }) => {
    const config = await loadedConfigOf(service);
    const caddy = await readRepositoryFile('deploy/Caddyfile');
    const mounted = service.volumes.map((volume) => volume.split(':')[1] ?? '');

    expect(caddy).toContain(`port ${config.ingest.port}\n`);
    expect(await readRepositoryFile('Dockerfile')).toContain(
      `EXPOSE ${config.ingest.port} ${config.ingest.privatePort}\n`,
    );
    expect(await readRepositoryFile('deploy/health.mjs')).toContain(`'${config.ingest.privatePort}'`);
    expect(config.ingest).toMatchObject({ host: '0.0.0.0', privateHost: '0.0.0.0' });
    expect(mounted).toContain(config.dataDir);
    expect(mounted.some((path) => config.reportsDir === path || config.reportsDir.startsWith(`${path}/`))).toBe(true);
    expect(config.cluster === null).toBe(file === 'docker-compose.single.yml');
  },
);

test('the private port of no service is published', () => {
  const published = services.flatMap(({ name, service }) => (service.ports ?? []).map((port) => `${name} ${port}`));

  expect(new Set(published)).toEqual(new Set(['proxy 80:80', 'proxy 443:443', 'proxy 443:443/udp']));
});

test.each(ours.filter(({ service }) => service.profiles === undefined))(
  '$title is given longer to stop than what it waits for',
  async ({ name, service }) => {
    const { timing } = await loadedConfigOf(service);
    // Ingest waits for the log alone, never for a shop.
    const longest = name === 'ingest' ? timing.publishMs : timing.callMs;

    expect(composeMs(service.stop_grace_period ?? '10s')).toBeGreaterThan(longest * 1.5);
  },
);

test('the brokers of the config are the three of the file, and keep what they were given', async () => {
  const brokers = Object.entries(cluster.services).filter(([name]) => name.startsWith('kafka-'));
  const { cluster: config } = await loadedConfigOf(cluster.services['applier'] as ComposeService);
  const voters = brokers.map(([name, { environment }]) => `${environment?.['KAFKA_NODE_ID']}@${name}:9093`).join(',');

  expect(config?.kafka.brokers).toEqual(brokers.map(([name]) => `${name}:9092`));
  expect(brokers).toHaveLength(3);
  for (const [name, { environment, volumes }] of brokers) {
    expect(volumes).toEqual([`${name}:${environment?.['KAFKA_LOG_DIRS']}`]);
    expect(environment).toMatchObject({
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${name}:9092`,
      KAFKA_DEFAULT_REPLICATION_FACTOR: '3',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3',
      KAFKA_MIN_INSYNC_REPLICAS: '2',
      KAFKA_OFFSETS_RETENTION_MINUTES: String(RETENTION_MS / 60_000),
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: 'false',
    });
  }
});

test('Redis evicts nothing, and is the one of the config', async () => {
  const redis = cluster.services['redis'];
  const { cluster: config } = await loadedConfigOf(cluster.services['applier'] as ComposeService);

  expect(config?.redisUrl).toBe('redis://redis:6379');
  expect(redis?.command?.join(' ')).toContain('--maxmemory-policy noeviction --appendonly yes');
});

test('the cluster is tried with the very versions that it runs on', async () => {
  const tried = await readRepositoryFile('tests/services/docker-services.ts');

  for (const name of ['kafka-1', 'redis']) expect(tried).toContain(`'${cluster.services[name]?.image}'`);
});
