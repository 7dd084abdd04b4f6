import { Redis, type ChainableCommander } from 'ioredis';
import type { Logger } from '#libs/runtime/logger.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { SCRIPTS, type ScriptName } from './redis-scripts.ts';

export type ScriptCall = {
  readonly script: ScriptName;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
};

/** A connection to Redis; every failure comes back as STATE_UNAVAILABLE. */
export type RedisConnection = {
  readonly ask: <T>(action: string, run: (redis: Redis) => Promise<T>) => Promise<T>;
  readonly call: (call: ScriptCall) => Promise<unknown>;
  /** Many calls in one round trip, answered in order. */
  readonly callAll: (calls: readonly ScriptCall[]) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
};

/** How long a call waits for a server that is away before it is refused: the applier then pauses. */
const COMMAND_MS = 5_000;
const RECONNECT_MAX_MS = 2_000;

/** Connects when first asked; goes on trying while the server is away. */
export function connectRedis(url: string, logger: Logger): RedisConnection {
  const options = {
    lazyConnect: true,
    commandTimeout: COMMAND_MS,
    connectTimeout: COMMAND_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (times: number) => Math.min(RECONNECT_MAX_MS, times * 100),
    scripts: Object.fromEntries(Object.entries(SCRIPTS).map(([name, script]) => [name, toClientScript(script)])),
  };
  const redis = new Redis(url, options);
  let isAway = false;
  redis.on('error', (error: Error) => {
    if (!isAway) logger.warn({ error: error.message }, 'the state store is away; the applier waits for it');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) logger.info({}, 'the state store is back');
    isAway = false;
  });

  async function ask<T>(action: string, run: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await run(redis);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'it refused';
      throw new SyncError('STATE_UNAVAILABLE', `Cannot ${action}: ${why}`, { cause: error });
    }
  }

  async function callAll(calls: readonly ScriptCall[]): Promise<readonly unknown[]> {
    if (calls.length === 0) return [];
    return ask('use the state store', async (client) => {
      const pipeline = client.pipeline();
      for (const call of calls) queue(pipeline, call);
      const answers = (await pipeline.exec()) ?? [];
      return answers.map(([error, answer]) => {
        if (error !== null) throw error;
        return answer;
      });
    });
  }

  return {
    ask,
    callAll,
    call: async (one) => (await callAll([one]))[0],
    close: async () => redis.disconnect(),
  };
}

// The client adds a method for each script; its types cannot know them.
function queue(pipeline: ChainableCommander, { script, keys, args }: ScriptCall): void {
  const methods = pipeline as unknown as Record<ScriptName, (...args: readonly (string | number)[]) => unknown>;
  const counted = SCRIPTS[script].numberOfKeys === null ? [keys.length] : [];
  methods[script](...counted, ...keys, ...args);
}

// The client counts the keys itself only where it was told how many there are.
function toClientScript({ lua, numberOfKeys }: (typeof SCRIPTS)[ScriptName]) {
  return numberOfKeys === null ? { lua } : { lua, numberOfKeys };
}
