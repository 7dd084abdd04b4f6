/** What a bench is told by the process that started it. */
export type Given = {
  /** Pairs of runs to measure. */
  readonly pairs: number;
  /** Fewer of everything, for a look in between. */
  readonly quick: boolean;
  /** A count, made smaller where only the bench itself is tried (BENCH_SCALE). */
  readonly scaled: (count: number) => number;
  readonly brokers: readonly string[] | null;
  readonly redisUrl: string | null;
};

const QUICK_PAIRS = 3;
const PAIRS = 9;

/** Reads it from the environment; by hand a bench runs without services, and says what it left out. */
export function readGiven(env: NodeJS.ProcessEnv = process.env): Given {
  const quick = env['BENCH_QUICK'] === '1';
  const scale = Number(env['BENCH_SCALE'] ?? 1);
  return {
    quick,
    pairs: quick ? QUICK_PAIRS : PAIRS,
    scaled: (count) => Math.max(1, Math.round(count * scale)),
    brokers: env['KAFKA_BROKERS']?.split(',') ?? null,
    redisUrl: env['REDIS_URL'] ?? null,
  };
}
