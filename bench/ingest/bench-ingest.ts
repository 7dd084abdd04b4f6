import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { readGiven } from '../given.ts';
import { atLeast, atMost, interleave, median, ratioOf, type Cost, type Ratio } from '../ratio.ts';
import { tell } from '../tell.ts';
import { requestsOf, SIZES, type Size } from './bodies.ts';
import { sendLoad } from './load.ts';

const CONNECTIONS = 64;
type Kind = 'bare' | 'embedded' | 'kafka';
type Server = {
  /** What `count` webhooks of a size cost the server: its CPU time, and the time until all were answered. */
  readonly serve: (size: Size, count: number) => Promise<Cost>;
  readonly stop: () => Promise<void>;
};

async function startServer(kind: Kind): Promise<Server> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [kind]);
  const died = once(child, 'exit').then(() => Promise.reject(new Error(`The ${kind} server ended by itself`)));
  died.catch(() => undefined);
  const hear = async <T>(): Promise<T> => ((await Promise.race([once(child, 'message'), died])) as [T])[0];
  const { port } = await hear<{ readonly port: number }>();
  const requests = new Map<Size, readonly Buffer[]>();
  const cpuS = async (): Promise<number> => {
    child.send('cpu');
    const { cpu } = await hear<{ readonly cpu: NodeJS.CpuUsage }>();
    return (cpu.user + cpu.system) / 1e6;
  };
  return {
    async serve(size, count) {
      const ready = requests.get(size) ?? requestsOf(size, '/webhooks/acme');
      requests.set(size, ready);
      const before = await cpuS();
      const started = performance.now();
      await sendLoad(port, ready, { count, connections: CONNECTIONS });
      const wallS = (performance.now() - started) / 1_000;
      return { wallS, cpuS: (await cpuS()) - before };
    },
    async stop() {
      const gone = once(child, 'exit');
      child.send('stop');
      await gone;
    },
  };
}

type Costs = Readonly<Record<Size, Cost>>;
const sizes = Object.keys(SIZES) as Size[];
const total = (costs: Costs, what: keyof Cost): number => sizes.reduce((sum, size) => sum + costs[size][what], 0);

const { pairs, quick, brokers, scaled } = readGiven();
const count = scaled(quick ? 1_000 : 2_000);
const kinds: readonly Kind[] = brokers === null ? ['bare', 'embedded'] : ['bare', 'embedded', 'kafka'];
const servers = await Promise.all(kinds.map((kind) => startServer(kind)));
const contestants = Object.fromEntries(
  kinds.map((kind, index) => [
    kind,
    async (): Promise<Costs> => {
      const costs: [Size, Cost][] = [];
      for (const size of sizes) costs.push([size, (await servers[index]?.serve(size, count)) as Cost]);
      return Object.fromEntries(costs) as Record<Size, Cost>;
    },
  ]),
) as Record<Kind, () => Promise<Costs>>;
const measured = await interleave(pairs, contestants);
for (const server of servers) await server.stop();

function cpuRow(kind: Exclude<Kind, 'bare'>, id: string, where: string): Ratio {
  const perSize = sizes.map((size) => [
    `ratio at ${String(SIZES[size] / 1_000)} KB`,
    round(median(measured.map((one) => one[kind][size].cpuS / one.bare[size].cpuS))),
  ]);
  const usPerChange = (which: Kind) =>
    median(measured.map((one) => (total(one[which], 'cpuS') / (count * sizes.length)) * 1e6));
  return ratioOf(
    {
      id,
      what: `ingest CPU a change, ${where} ÷ bare Hono + HMAC server`,
      unit: 'cpu',
      line: atMost(1.8),
      stretch: atMost(1.4),
      notes: {
        ...Object.fromEntries(perSize),
        'µs a change, ours': round(usPerChange(kind)),
        'µs a change, bare': round(usPerChange('bare')),
      },
    },
    measured.map((one) => total(one[kind], 'cpuS') / total(one.bare, 'cpuS')),
  );
}

function rateRow(kind: Exclude<Kind, 'bare'>, id: string, where: string): Ratio {
  const rate = (which: Kind) => median(measured.map((one) => (count * sizes.length) / total(one[which], 'wallS')));
  return ratioOf(
    {
      id,
      what: `durable accept rate, ${where} ÷ bare Hono + HMAC rate`,
      unit: 'wall',
      line: atLeast(0.5),
      stretch: atLeast(0.7),
      notes: { connections: CONNECTIONS, 'a second, ours': round(rate(kind)), 'a second, bare': round(rate('bare')) },
    },
    measured.map((one) => total(one.bare, 'wallS') / total(one[kind], 'wallS')),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

const embedded = 'embedded log (synchronous=FULL)';
const kafka = 'Kafka (acks=all)';
tell([
  cpuRow('embedded', 'R1 embedded', embedded),
  ...(brokers === null ? [] : [cpuRow('kafka', 'R1', kafka)]),
  rateRow('embedded', 'R2 embedded', embedded),
  ...(brokers === null ? [] : [rateRow('kafka', 'R2', kafka)]),
]);
