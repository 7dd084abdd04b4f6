import { parseArgs } from 'node:util';

import { AIMED, FALLEN, MISSED, UNIFORM } from './profiles.ts';
import { simulate } from './simulate.ts';

// npm run simulate -- --seed 105 [--profile uniform] [--seeds 10000] [--without look-after-take-over]
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    profile: { type: 'string', default: 'uniform' },
    without: { type: 'string' },
  },
});
const profiles = [UNIFORM, MISSED, FALLEN, ...AIMED.map(({ profile }) => profile)];
const profile = profiles.find(({ name }) => name === values.profile);
const rules = AIMED.flatMap(({ rule }) => (rule === 'read-after-news' ? [] : [rule])).filter(
  (rule) => rule === values.without,
);

if (profile === undefined) {
  process.stderr.write(
    `Cannot simulate "${values.profile}": the profiles are ${profiles.map(({ name }) => name).join(', ')}\n`,
  );
  process.exitCode = 2;
} else if (values.seed === undefined) {
  const seeds = Number(values.seeds ?? 1_000);
  let failed = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { wrong } = await simulate(seed, profile, new Set(rules));
    if (wrong.length === 0) continue;
    failed++;
    process.stdout.write(`seed ${String(seed)}: ${wrong.join('; ')}\n`);
  }
  process.stdout.write(`${String(failed)} of ${String(seeds)} histories failed (profile ${profile.name})\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} else {
  const { wrong, trace } = await simulate(Number(values.seed), profile, new Set(rules));
  process.stdout.write(`${trace.join('\n')}\n${wrong.length === 0 ? 'right in the end' : wrong.join('\n')}\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
