import { pino } from 'pino';
import type { Logger as PinoLogger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What everything that logs is given. Ids and field names only: no values of people, no secrets. */
export type Logger = Readonly<Record<LogLevel, Write>> & {
  /** A logger whose lines carry these fields as well (`{ pair: 'acme' }`). */
  readonly child: (fields: Readonly<Record<string, unknown>>) => Logger;
};

/** Where lines go: a stream, or anything that takes text. */
export type LogDestination = { readonly write: (line: string) => unknown };

const HIDDEN = '[secret]';
const SECRET_FIELDS = [
  'accessToken',
  'authorization',
  'clientSecret',
  'consumerKey',
  'consumerSecret',
  'password',
  'secret',
  'secrets',
  'token',
  'webhookSecrets',
];

/** The root logger of a process: JSON lines, or lines for people when `pretty`. */
export function createLogger({
  service,
  level = 'info',
  destination = process.stdout,
  pretty = false,
  secrets = [],
}: {
  readonly service: string;
  readonly level?: LogLevel | 'silent';
  readonly destination?: LogDestination;
  readonly pretty?: boolean;
  /** Values that appear in no line, wherever they may come from. */
  readonly secrets?: readonly string[];
}): Logger {
  const hide = createHider(secrets);
  const root = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: HIDDEN },
      serializers: { err: describeError, error: describeError },
    },
    { write: (line: string) => destination.write(hide(pretty ? prettyLine(line) : line)) },
  );
  return wrap(root);
}

/** For code that is given no logger. */
export const silentLogger: Logger = createLogger({ service: 'silent', level: 'silent' });

function wrap(logger: PinoLogger): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return {
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error.cause instanceof Error ? { cause: error.cause.message } : {}),
    ...(error.name === 'SyncError' ? {} : { stack: error.stack }),
  };
}

// Long ones first, so that a secret that begins another leaves no rest of it.
function createHider(secrets: readonly string[]): (line: string) => string {
  const hidden = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))]
    .filter((secret) => secret.length >= 6)
    .toSorted((a, b) => b.length - a.length);
  return (line) => hidden.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line);
}

function prettyLine(line: string): string {
  const { time, level, service, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 19);
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${showField(value)}`);
  return `${[clock, String(level).padEnd(5), String(service).padEnd(8), String(msg), ...shown].join('  ')}\n`;
}

function showField(value: unknown): string {
  if (typeof value === 'string') return /\s/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return JSON.stringify(value);
}
