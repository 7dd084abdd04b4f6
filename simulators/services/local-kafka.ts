import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { end, freePort, isThere, runToEnd, untilListening } from './processes.ts';

/** A broker that may be killed and started again; `stop` takes everything away. */
export type RunningKafka = {
  readonly brokers: readonly string[];
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type LocalKafka = RunningKafka & {
  /** Lets it stand still, and go on. */
  readonly freeze: () => void;
  readonly thaw: () => void;
};

const VERSION = '4.3.1';
const JARS = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lockstep-tests', `kafka-${VERSION}`);
const START_MS = 240_000;

/** Why Apache Kafka cannot be run here; null when it can. */
export async function whyNoLocalKafka(): Promise<string | null> {
  if (!(await isThere('java', '-version'))) return 'java is not installed';
  if (existsSync(JARS) || (await isThere('mvn', '-v'))) return null;
  return 'mvn is not installed, and the jars of Apache Kafka were not fetched before';
}

// Fetched aside and put in place whole, so that a fetch that was cut short is not taken for one.
async function fetchJars(): Promise<void> {
  if (existsSync(JARS)) return;
  await mkdir(dirname(JARS), { recursive: true });
  const aside = await mkdtemp(`${JARS}-`);
  const pom = join(aside, 'pom.xml');
  await writeFile(pom, POM);
  await runToEnd('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${aside}`], aside);
  await rename(aside, JARS).catch(() => rm(aside, { recursive: true }));
}

/** What the listener for clients needs beyond an open one. */
export type ListenerSettings = {
  readonly protocol: 'PLAINTEXT' | 'SASL_SSL';
  readonly lines: readonly string[];
  /** Users that the brokers know by themselves, as `kafka-storage format --add-scram` takes them. */
  readonly scram: readonly string[];
};
const OPEN: ListenerSettings = { protocol: 'PLAINTEXT', lines: [], scram: [] };

/** One broker in KRaft mode on free ports, with its data in a folder of its own that goes with it. */
export async function startLocalKafka(
  settle: (folder: string) => Promise<ListenerSettings> = async () => OPEN,
): Promise<LocalKafka> {
  await fetchJars();
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const config = join(folder, 'server.properties');
  const listener = await settle(folder);
  await writeFile(config, properties(folder, { port, controllerPort, listener }));
  const classpath = ['-cp', join(JARS, '*')];
  const scram = listener.scram.flatMap((user) => ['--add-scram', user]);
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', config, ...scram];
  await runToEnd('java', [...classpath, ...format], folder);
  let broker: ChildProcess | null = null;

  async function start(): Promise<void> {
    broker = spawn('java', ['-Xmx512m', ...classpath, 'kafka.Kafka', config], { cwd: folder, stdio: 'ignore' });
    await untilListening(port, START_MS, broker);
  }
  async function kill(): Promise<void> {
    if (broker !== null) await end(broker, 'SIGKILL');
  }
  try {
    await start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    brokers: [`127.0.0.1:${String(port)}`],
    kill,
    start,
    freeze: () => void broker?.kill('SIGSTOP'),
    thaw: () => void broker?.kill('SIGCONT'),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// Apache Kafka with all that it needs, as Maven Central has it.
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lockstep</groupId>
  <artifactId>local-kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

const CLUSTER_ID = 'bG9ja3N0ZXAtdGVzdHMtMQ';

type Listening = {
  readonly port: number;
  readonly controllerPort: number;
  readonly listener: ListenerSettings;
};

function properties(folder: string, { port, controllerPort, listener }: Listening): string {
  const { protocol, lines } = listener;
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${String(controllerPort)}`,
    `listeners=${protocol}://127.0.0.1:${String(port)},CONTROLLER://127.0.0.1:${String(controllerPort)}`,
    `advertised.listeners=${protocol}://127.0.0.1:${String(port)}`,
    'controller.listener.names=CONTROLLER',
    `inter.broker.listener.name=${protocol}`,
    `listener.security.protocol.map=${protocol}:${protocol},CONTROLLER:PLAINTEXT`,
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=2',
    'offsets.retention.minutes=20160',
    'auto.create.topics.enable=false',
    // What production leaves at seconds, so that tests need not wait for it.
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=500',
    ...lines,
    '',
  ].join('\n');
}
