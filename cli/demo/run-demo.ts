import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '#libs/runtime/clock.ts';
import { openContext } from '../context.ts';
import type { Io } from '../io.ts';
import { openParts, PART_NAMES } from '../run-parts.ts';
import { demoConfig, demoConfigText } from './demo-config.ts';
import { openShops, type DemoSize } from './demo-shops.ts';
import { createEmbeddedWorks } from './embedded-works.ts';
import type { Pairing } from './pairing.ts';
import type { Plantable } from './plant-fault.ts';
import { tellStory, type DemoResult, type StoryStage } from './tell-story.ts';

export type { DemoResult } from './tell-story.ts';

export type DemoOptions = {
  readonly seconds: number;
  readonly size: DemoSize;
  readonly seed: number;
  readonly pairing: Pairing;
  readonly plant: Plantable | null;
  readonly io: Io;
  readonly reportsDir: string;
  readonly onStage: (stage: StoryStage) => void;
};

/** Changes a second. */
const PACE = 40;

/** The story with everything in this process, on files of its own. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { io, size, seed, pairing } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-demo-'));
  try {
    await using shops = await openShops({ size, seed, pairing });
    // What earlier demos left behind is about other shops under the same name.
    const text = demoConfigText(shops, { dataDir: folder, reportsDir: join(folder, 'reports') });
    await using context = await openContext(await demoConfig(text, folder), io);
    const parts = await openParts(context, new Set(PART_NAMES));
    const tell = async (): Promise<DemoResult> => {
      const works = await createEmbeddedWorks(context, parts, shops, io.signal);
      return tellStory({ ...options, pace: PACE, clock: systemClock, signal: io.signal }, shops, works);
    };
    try {
      return await Promise.race([tell(), parts.failed]);
    } finally {
      await parts.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
