import type { Consent } from '#libs/connectors/consent.ts';
import { PLATFORMS } from '#libs/connectors/registry.ts';
import { CONFIG_FILE, readConfigTexts } from '#libs/runtime/config/load-config.ts';
import { parseConfig, rawConfig } from '#libs/runtime/config/parse-config.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import type { Platforms } from '#libs/runtime/config/platform-part.ts';
import { valueAt } from '#libs/runtime/config/zod-mistakes.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { choosePair } from '../context.ts';
import type { Io } from '../io.ts';

export type Side = 'source' | 'target';
const SIDES: readonly Side[] = ['source', 'target'];

/** One store that is to be connected, as the config has it. */
export type Connection = {
  readonly pair: string;
  readonly side: Side;
  readonly label: string;
  readonly address: string;
  readonly config: never;
  readonly consent: Consent<never>;
  /** By the key of the config that the consent fills: the environment variable that stands there. */
  readonly variables: Readonly<Record<string, string>>;
};

const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/**
 * Reads the config although the keys that consent gives are not in the environment yet, and chooses the stores that are meant.
 *
 * @throws {SyncError} CONFIG_NOT_FOUND, CONFIG_INVALID, PAIR_UNKNOWN, USAGE
 */
export async function readConnections(
  io: Pick<Io, 'cwd' | 'env'>,
  { path = CONFIG_FILE, words }: { readonly path?: string | undefined; readonly words: readonly string[] },
): Promise<{ readonly config: LoadedConfig; readonly connections: readonly Connection[] }> {
  const platforms: Platforms = PLATFORMS;
  const { texts, folder } = await readConfigTexts({ path, cwd: io.cwd });
  const raw = rawConfig(texts);
  const config = await parseConfig(texts, { folder, env: withPlaceholders(raw, io.env, platforms), platforms });
  const { name, side } = readWords(config, words);
  const pair = choosePair(config, name);
  const loaded = config.pairs.find(({ settings }) => settings.name === pair);
  const connections = SIDES.flatMap((one) => {
    const part = loaded?.[one];
    const platform = part === undefined ? undefined : platforms[part.platform];
    if (part === undefined || platform?.consent === undefined) return [];
    const variables = variablesOf(valueAt(raw, ['pairs', pair, one]), platform.consent.gives);
    const own = part.config as never;
    const { consent, label } = platform;
    return [{ pair, side: one, label, address: platform.address(own), config: own, consent, variables }];
  });
  return { config, connections: choose(connections, side, io.env) };
}

/** `acme`, `acme source`, or `source` alone where there is one pair. */
function readWords(config: LoadedConfig, words: readonly string[]): { readonly name?: string; readonly side?: Side } {
  const [first, second] = words;
  const isPair = config.pairs.some(({ settings }) => settings.name === first);
  if (second === undefined && !isPair && isSide(first)) return { side: first };
  if (second !== undefined && !isSide(second))
    throw new SyncError('USAGE', `Cannot connect "${second}": name source or target`);
  return { ...(first === undefined ? {} : { name: first }), ...(second === undefined ? {} : { side: second }) };
}

function isSide(word: string | undefined): word is Side {
  return word === 'source' || word === 'target';
}

/** The side that is named, else those whose keys are not there yet. */
function choose(connections: readonly Connection[], side: Side | undefined, env: Io['env']): readonly Connection[] {
  const meant = connections.filter((one) =>
    side === undefined ? Object.values(one.variables).some((name) => (env[name] ?? '') === '') : one.side === side,
  );
  if (meant.length > 0) return meant;
  throw new SyncError(
    'USAGE',
    side === undefined
      ? 'Cannot tell what to connect: all keys are in the environment; name source or target to have them renewed'
      : `Cannot connect the ${side}: its platform hands out keys by hand alone`,
  );
}

/** Which environment variables stand where consent gives something. */
function variablesOf(part: unknown, gives: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    gives.flatMap((key) => {
      const written = valueAt(part, [key]);
      const name = typeof written === 'string' ? REFERENCE.exec(written)?.[1] : undefined;
      return name === undefined ? [] : [[key, name] as const];
    }),
  );
}

/** The environment with something in place of the keys that are still to come, so that the rest of the config can be checked. */
function withPlaceholders(raw: unknown, env: Io['env'], platforms: Platforms): Io['env'] {
  const pairs = valueAt(raw, ['pairs']);
  const names = Object.keys(typeof pairs === 'object' && pairs !== null ? pairs : {}).flatMap((pair) =>
    SIDES.flatMap((side) => {
      const part = valueAt(raw, ['pairs', pair, side]);
      const platform = String(valueAt(part, ['platform']));
      const gives = Object.hasOwn(platforms, platform) ? (platforms[platform]?.consent?.gives ?? []) : [];
      return Object.values(variablesOf(part, gives));
    }),
  );
  const missing = names.filter((name) => (env[name] ?? '') === '');
  return { ...env, ...Object.fromEntries(missing.map((name) => [name, 'not-connected-yet'])) };
}
