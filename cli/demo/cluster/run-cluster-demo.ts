import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '#libs/runtime/clock.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openShops } from '../demo-shops.ts';
import type { DemoOptions } from '../run-demo.ts';
import { tellStory, type DemoResult, type StoryStage } from '../tell-story.ts';
import { breakThings } from './break-things.ts';
import { createClusterWorks } from './cluster-works.ts';
import { CREW_KEYS, openCrew, SESSION_MS, type Crew } from './crew.ts';
import { openDemoServices } from './services.ts';
import { createUnsureReads } from './unsure-reads.ts';

export type ClusterStage =
  | StoryStage
  | { readonly kind: 'cluster'; readonly brokers: readonly string[]; readonly processes: readonly string[] }
  | { readonly kind: 'broken'; readonly what: string };

export type ClusterDemoOptions = Omit<DemoOptions, 'onStage'> & {
  /** Breaks nothing: the story alone. */
  readonly calm: boolean;
  readonly onStage: (stage: ClusterStage) => void;
};

export type ClusterDemoResult = DemoResult & {
  /** What was broken, in this order. */
  readonly broken: readonly string[];
  /** Processes that ended though nobody ended them, or that did not end well. */
  readonly fell: readonly string[];
  /** Webhooks that each ingest took. */
  readonly taken: readonly number[];
  /** Folder of what the processes logged, kept where something is not as it should be. */
  readonly logs: string | null;
};

/** Changes a second: five processes and a broker share this machine with the shops. */
const PACE = 15;

/** The story on Kafka and Redis: five processes, of which some are killed while the old shop trades. */
export async function runClusterDemo(options: ClusterDemoOptions): Promise<ClusterDemoResult> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-demo-'));
  let isKept = true;
  try {
    const result = await inFolder(options, folder);
    isKept = result.verdict.length + result.fell.length > 0;
    return { ...result, logs: isKept ? join(folder, 'logs') : null };
  } finally {
    if (!isKept || options.io.signal.aborted) await rm(folder, { recursive: true, force: true });
  }
}

async function inFolder(options: ClusterDemoOptions, folder: string): Promise<Omit<ClusterDemoResult, 'logs'>> {
  const { io, size, seed, pairing, onStage } = options;
  await using services = await openDemoServices(io.env);
  await using shops = await openShops({ size, seed, pairing, keys: CREW_KEYS });
  const prefix = `demo-${randomId().slice(0, 8)}`;
  const crew = await openCrew({ folder, prefix, shops, services, io, clock: systemClock });
  let told: Omit<ClusterDemoResult, 'logs' | 'fell'>;
  try {
    onStage({ kind: 'cluster', brokers: services.brokers, processes: crew.names });
    await crew.running();
    told = await withFaults(options, { crew, shops, services, prefix });
  } finally {
    await crew.stop();
  }
  return { ...told, fell: crew.fell };
}

async function withFaults(
  options: ClusterDemoOptions,
  {
    crew,
    shops,
    services,
    prefix,
  }: {
    readonly crew: Crew;
    readonly shops: Awaited<ReturnType<typeof openShops>>;
    readonly services: Awaited<ReturnType<typeof openDemoServices>>;
    readonly prefix: string;
  },
): Promise<Omit<ClusterDemoResult, 'logs' | 'fell'>> {
  const { io, onStage } = options;
  const common = { clock: systemClock, signal: io.signal };
  const unsure = createUnsureReads(shops.source.ledger);
  const broken: string[] = [];
  const onBroken = (what: string): void => {
    broken.push(what);
    onStage({ kind: 'broken', what });
  };
  const disturb = (): Promise<void> =>
    breakThings({
      ...common,
      appliers: crew.appliers,
      shops,
      services,
      prefix,
      sessionMs: SESSION_MS,
      onBroken,
      onThawed: ({ readsAs }) => unsure.begin(readsAs),
    });
  const works = createClusterWorks({
    ...crew,
    io,
    clock: systemClock,
    mailing: shops.pairing.to === 'woocommerce',
  });
  const faults = options.calm ? {} : { disturb };
  const result = await tellStory({ ...options, ...common, ...faults, pace: PACE, unsure: unsure.has }, shops, works);
  return { ...result, broken, taken: crew.taken() };
}
