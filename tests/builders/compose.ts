import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const duration = z.string().regex(/^(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/);
const words = z.array(z.string());

// The part of the compose specification that we use: a key that is misspelt, or that nobody has looked up yet, is refused.
const healthcheckSchema = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: words,
    interval: duration,
    timeout: duration,
    start_period: duration,
    start_interval: duration.optional(),
    retries: z.int(),
  }),
]);

const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: words.optional(),
  user: z.string().optional(),
  init: z.boolean().optional(),
  scale: z.int().optional(),
  profiles: words.optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  env_file: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  read_only: z.boolean().optional(),
  tmpfs: words.optional(),
  cap_drop: words,
  cap_add: words.optional(),
  security_opt: words,
  networks: words.optional(),
  ports: words.optional(),
  volumes: words,
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) }))
    .optional(),
  stop_grace_period: duration.optional(),
  healthcheck: healthcheckSchema,
});

const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })).default({}),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeService = z.infer<typeof serviceSchema>;
export type Compose = z.infer<typeof composeSchema> & {
  readonly file: string;
  /** As written, for what stands between `${` and `}`. */
  readonly text: string;
};

export const COMPOSE_FILES = ['docker-compose.yml', 'docker-compose.single.yml'] as const;

/** A compose file with its merges done and its variables still in it. */
export async function readCompose(file: (typeof COMPOSE_FILES)[number]): Promise<Compose> {
  const text = await readRepositoryFile(file);
  const raw: unknown = parse(text, { merge: true });
  const own = Object.entries(z.record(z.string(), z.unknown()).parse(raw)).filter(([key]) => !key.startsWith('x-'));
  return { ...composeSchema.parse(Object.fromEntries(own)), file, text };
}

export function readRepositoryFile(name: string): Promise<string> {
  return readFile(`${ROOT}${name}`, 'utf8');
}

/** The variables of `.env.example`; a value that is left empty is one that somebody has to fill in. */
export async function readEnvExample(): Promise<ReadonlyMap<string, string>> {
  const lines = (await readRepositoryFile('.env.example')).split('\n');
  return new Map(
    lines
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.replace(/^[A-Z_]+=/, '')]),
  );
}

/** The variables that a text refers to as `${NAME}`, `${NAME:?why}` or (Caddy) `{$NAME}`. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([A-Z_]+)[^}]*\}|\{\$([A-Z_]+)\}/g)].map(([, a, b]) => a ?? b ?? '');
}

/** Milliseconds of a duration as compose writes it: `1m30s`. */
export function composeMs(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  return [...text.matchAll(/(\d+)(ms|h|m|s)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}
