import { isAbsolute, join, resolve } from 'node:path';

import type { z } from 'zod';

import { pairStatusMap } from '#libs/fields/pair-status-map.ts';
import type { PairSettings, Timing } from '#libs/model/pair.ts';
import { must } from '../must.ts';
import type { StorePart } from './check-pair.ts';
import { checkPair } from './check-pair.ts';
import { findHalfCluster, toCluster, type ClusterConfig } from './cluster-schema.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config-schema.ts';
import { substituteEnv } from './env-refs.ts';
import type { Mistake } from './mistake.ts';
import { ConfigError, formatPath } from './mistake.ts';
import { findNotYet } from './not-yet.ts';
import { pairSchema } from './pair-schema.ts';
import type { AnyPlatform, Platforms } from './platform-part.ts';
import { toSettings, toTiming } from './to-settings.ts';
import type { ConfigPath, YamlSource } from './yaml-source.ts';
import { parseYamlSource } from './yaml-source.ts';
import type { Found } from './zod-mistakes.ts';
import { explainIssues, valueAt } from './zod-mistakes.ts';

export type LoadedPair = {
  readonly settings: PairSettings;
  readonly source: StorePart & { readonly webhooks: 'on' | 'off' };
  readonly target: StorePart;
};

/** The config as the processes see it: every value checked, every wait in milliseconds. */
export type LoadedConfig = {
  /** The main file, for people. */
  readonly file: string;
  readonly dataDir: string;
  readonly reportsDir: string;
  readonly ingest: {
    readonly host: string;
    readonly port: number;
    readonly privateHost: string;
    readonly privatePort: number;
    readonly publicUrl: string | null;
    readonly bodyLimitBytes: number;
  };
  readonly logLevel: Config['logLevel'];
  readonly pairs: readonly LoadedPair[];
  readonly timing: Timing;
  /** Overrides every connector's own landing where the config says so. */
  readonly landingOverrideMs: number | null;
  /** Where log and state lie when they are not embedded; null: in `dataDir`. */
  readonly cluster: ClusterConfig | null;
  /** What came from the environment, to be kept out of logs. */
  readonly secrets: readonly string[];
};

/** The text of a config: the main file, and those of `pairs/` with the pair's name. */
export type ConfigTexts = {
  readonly main: { readonly file: string; readonly text: string };
  readonly pairs: readonly { readonly name: string; readonly file: string; readonly text: string }[];
};

/**
 * Checks a whole config and finds all its mistakes at once. Reads no file and asks no store.
 *
 * @throws {ConfigError} with every mistake.
 */
export async function parseConfig(
  texts: ConfigTexts,
  options: {
    /** What relative folders are relative to. */
    readonly folder: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly platforms: Platforms;
  },
): Promise<LoadedConfig> {
  const files = openFiles(texts);
  if (files.mistakes.length > 0) throw new ConfigError(files.mistakes);

  const { value, mistakes: envMistakes, secrets } = substituteEnv(files.raw, options.env);
  const parsed = configSchema.safeParse(value);
  const found: Found[] = envMistakes.map((mistake) => ({ ...mistake, of: 'value' }));
  // A key that is not known here stays a mistake of its own, whatever its value was to be.
  const isCovered = ({ path, isUnknownKey }: Found) =>
    isUnknownKey !== true && envMistakes.some((mistake) => startsWith(path, mistake.path));
  const add = (more: readonly Found[]) => found.push(...more.filter((one) => !isCovered(one)));

  add([...findNotYet(files.raw), ...findHalfCluster(files.raw)].map((one) => ({ ...one, of: 'key' })));
  if (!parsed.success) add(explainIssues(parsed.error.issues, { schema: configSchema, base: [], raw: files.raw }));
  const stores = new Map<string, { readonly source?: StorePart; readonly target?: StorePart }>();
  for (const [name, pair] of Object.entries(asRecord(valueAt(value, ['pairs'])))) {
    add(hiddenByName(name, pair, parsed.error?.issues ?? [], files.raw));
    const checked = await checkPair({ name, value: pair, root: files.raw, platforms: options.platforms });
    add(checked.found);
    stores.set(name, checked);
  }
  if (stores.size === 0 && found.length === 0)
    add([{ path: ['pairs'], of: 'key', message: 'names no pair of shops: lockstep init writes an example' }]);
  if (found.length > 0) throw new ConfigError(distinct(found).map((one) => files.toMistake(one)));
  return assemble(must(parsed.data, 'the parsed config'), {
    ...options,
    raw: files.raw,
    stores,
    secrets,
    file: texts.main.file,
  });
}

// A record's value is not looked at where its key is refused: a wrong name must not hide what else is wrong with the pair.
function hiddenByName(
  name: string,
  pair: unknown,
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
): readonly Found[] {
  const isHidden = issues.some(({ code, path: [at, key] }) => code === 'invalid_key' && at === 'pairs' && key === name);
  const parsed = isHidden ? pairSchema.safeParse(pair) : null;
  if (parsed === null || parsed.success) return [];
  return explainIssues(parsed.error.issues, { schema: pairSchema, base: ['pairs', name], raw });
}

function assemble(
  config: Config,
  from: {
    readonly folder: string;
    readonly file: string;
    readonly raw: unknown;
    readonly secrets: readonly string[];
    readonly platforms: Platforms;
    readonly stores: ReadonlyMap<string, { readonly source?: StorePart; readonly target?: StorePart }>;
  },
): LoadedConfig {
  const timing = toTiming(config.timing);
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(from.folder, path));
  const dataDir = absolute(config.dataDir);
  return {
    file: from.file,
    dataDir,
    reportsDir: config.reports.dir === undefined ? join(dataDir, 'reports') : absolute(config.reports.dir),
    ingest: { ...config.ingest, publicUrl: config.ingest.publicUrl?.replace(/\/+$/, '') ?? null },
    logLevel: config.logLevel,
    timing,
    landingOverrideMs: config.timing.landing ?? null,
    cluster: toCluster(config),
    secrets: from.secrets,
    pairs: Object.entries(config.pairs).map(([name, pair]) => {
      const { source, target } = must(from.stores.get(name), `the stores of ${name}`);
      const written = asRecord(valueAt(from.raw, ['pairs', name]));
      const platform = from.platforms[pair.source.platform];
      const words = {
        ignored: ignoredWords(platform),
        paired: pairStatusMap(source?.orderStatuses, target?.orderStatuses),
        statusWord: platform?.statusWord ?? asWritten,
      };
      return {
        settings: toSettings(name, pair, timing, { source: written['source'], target: written['target'], ...words }),
        source: { ...must(source, 'the source'), webhooks: pair.source.webhooks },
        target: must(target, 'the target'),
      };
    }),
  };
}

function asWritten(word: string): string {
  return word;
}

/** Words that a platform itself says are to be ignored: a failed payment is tried again. */
function ignoredWords(source: AnyPlatform | undefined): readonly string[] {
  return Object.entries(source?.defaultStatusMap ?? {}).flatMap(([word, target]) =>
    target === 'ignore' ? [word] : [],
  );
}

/** The config as it is written, all files joined, with `${NAME}` and not its value; null where a file is no YAML. */
export function rawConfig(texts: ConfigTexts): unknown {
  const { raw, mistakes } = openFiles(texts);
  return mistakes.length > 0 ? null : raw;
}

/** Joins the files into one value, and knows for each path of it which file it came from. */
function openFiles(texts: ConfigTexts) {
  const main = parseYamlSource(texts.main.file, texts.main.text);
  const ofPair = new Map(texts.pairs.map(({ name, file, text }) => [name, parseYamlSource(file, text)]));
  const sources = [main, ...ofPair.values()];
  const mistakes: Mistake[] = sources.flatMap(({ file, syntax }) =>
    syntax.map(({ position, message }) => ({ file, position, path: '(yaml)', message })),
  );
  const value = main.value ?? {};
  const pairs = asRecord(valueAt(value, ['pairs']));
  for (const [name, source] of ofPair) {
    if (Object.hasOwn(pairs, name))
      mistakes.push({
        file: source.file,
        position: { line: 1, column: 1 },
        path: formatPath(['pairs', name]),
        message: `is in ${main.file} as well: keep one of the two`,
      });
  }
  const fromFiles = Object.fromEntries([...ofPair].map(([name, source]) => [name, source.value]));
  const raw = ofPair.size === 0 || typeof value !== 'object' ? value : { ...value, pairs: { ...pairs, ...fromFiles } };

  const place = (path: ConfigPath): { readonly source: YamlSource; readonly path: ConfigPath } => {
    const source = path[0] === 'pairs' ? ofPair.get(String(path[1])) : undefined;
    return source === undefined ? { source: main, path } : { source, path: path.slice(2) };
  };
  const toMistake = ({ path, of, message, choices }: Found): Mistake => {
    const placed = place(path);
    return {
      file: placed.source.file,
      position: placed.source.position(placed.path, of),
      path: path.length === 0 ? '(file)' : formatPath(path),
      message,
      ...(choices === undefined ? {} : { choices }),
    };
  };
  return { raw, mistakes, toMistake };
}

function distinct(found: readonly Found[]): readonly Found[] {
  return [...new Map(found.map((one) => [`${formatPath(one.path)} ${one.message}`, one])).values()];
}

function startsWith(path: ConfigPath, prefix: ConfigPath): boolean {
  return prefix.every((part, index) => String(path[index]) === String(part));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
