import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { readGiven } from '../given.ts';
import { atMost, median, ratioOf, type Ratio } from '../ratio.ts';
import { tell } from '../tell.ts';

// R7: the peak memory of a full comparison must not grow with the stores.
type Peak = { readonly peakKb: number; readonly seconds: number };
const run = promisify(execFile);
const { quick, scaled } = readGiven();
// Also for a quick look: with fewer, what is measured is how a process comes to its working size, whatever it compares.
const [few, many] = [scaled(20_000), scaled(200_000)];
// When garbage is collected is chance, so once is not enough; far less than time.
const PAIRS = quick ? 1 : 3;
/** As the image sets it. */
const IN_THE_IMAGE = ['--max-semi-space-size=8'];

async function script(name: string, folder: string, count: number, flags: readonly string[] = []): Promise<string> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  return (await run(process.execPath, [...flags, path, folder, String(count)])).stdout;
}

async function peakAt(count: number, flags: readonly string[]): Promise<Peak> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  try {
    await script('prepare.ts', folder, count);
    return JSON.parse(await script('compare.ts', folder, count, flags)) as Peak;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(id: string, how: string, flags: readonly string[]): Promise<Ratio> {
  const measured: { few: Peak; many: Peak }[] = [];
  for (let round = 0; round < PAIRS; round++)
    measured.push({ few: await peakAt(few, flags), many: await peakAt(many, flags) });
  const mb = (which: 'few' | 'many') => Math.round(median(measured.map((one) => one[which].peakKb)) / 1_024);
  const seconds = (which: 'few' | 'many') => Number(median(measured.map((one) => one[which].seconds)).toPrecision(3));
  return ratioOf(
    {
      id,
      what: `peak memory of a full comparison of ${String(many)} products ÷ of ${String(few)}, ${how}`,
      unit: 'rss',
      line: atMost(1.3),
      stretch: atMost(1.1),
      notes: {
        'MB, many': mb('many'),
        'MB, few': mb('few'),
        'seconds, many': seconds('many'),
        'seconds, few': seconds('few'),
      },
    },
    measured.map((one) => one.many.peakKb / one.few.peakKb),
  );
}

tell([
  await measure('R7', 'as the image runs it', IN_THE_IMAGE),
  await measure('R7 plain', 'with Node as it comes', []),
]);
