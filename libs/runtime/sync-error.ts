/** What a catch site does with an error; the code decides, never the message or the class. */
export type Disposition =
  /** Transient: the same call may succeed later. */
  | 'retry'
  /** This record cannot succeed; the rest of the stream can. */
  | 'park'
  /** Nothing can succeed until an operator acts. */
  | 'halt';

/** Every code with what to do about it. `docs/running.md` explains each; a test holds the two together. */
export const SYNC_ERRORS = {
  CONFIG_INVALID: {
    disposition: 'halt',
    hint: 'Mend the named lines of the config; every mistake is listed at once',
  },
  CONFIG_NOT_FOUND: {
    disposition: 'halt',
    hint: 'Run in the folder that holds lockstep.config.yaml, or name the file with --config',
  },
  PAIR_UNKNOWN: { disposition: 'halt', hint: 'Name one of the pairs in the config' },
  PAIR_IN_USE: {
    disposition: 'halt',
    hint: 'Take the pair out of the config of every process, or stop the processes; then the same again',
  },
  USAGE: { disposition: 'halt', hint: 'See lockstep help, or lockstep help with the name of the verb' },
  FOLDER_IN_USE: {
    disposition: 'halt',
    hint: 'Another process runs on this data folder; stop it, or use the verbs that talk to it',
  },
  KEY_DAMAGED: {
    disposition: 'halt',
    hint: 'Restore the file `key` of the data folder from a backup; without it every fingerprint reads as a change',
  },
  SPOOL_FULL: {
    disposition: 'retry',
    hint: 'The disk of the data folder cannot be written; free space, the store sends its webhooks again or a sweep finds them',
  },
  STORE_UNREACHABLE: {
    disposition: 'retry',
    hint: 'The store did not answer; Lockstep goes on by itself when it does',
  },
  STORE_SILENT: {
    disposition: 'retry',
    hint: 'The store took a call and did not answer; Lockstep looks again before it goes on',
  },
  STORE_FAILED: {
    disposition: 'retry',
    hint: 'The store answered with an error of its own; look at its log',
  },
  STORE_RATE_LIMITED: {
    disposition: 'retry',
    hint: 'The store limits how often it may be asked; Lockstep slows down by itself',
  },
  STORE_UNAUTHORISED: {
    disposition: 'halt',
    hint: 'Renew the credentials of this store and check their permissions',
  },
  STORE_REFUSED: {
    disposition: 'park',
    hint: 'Read the store’s own message; mend the entity, then `lockstep parked retry`',
  },
  STORE_ANSWER_FOREIGN: {
    disposition: 'halt',
    hint: 'Something else than the shop answered (a login, challenge or maintenance page); check the address',
  },
  STORE_IDENTITY_CHANGED: {
    disposition: 'halt',
    hint: 'Another shop answers under this address than the one that was pinned; check source and target',
  },
  FIELD_NOT_SUPPORTED: {
    disposition: 'halt',
    hint: 'This platform cannot read or write the field; take it out of the selection',
  },
  LOG_UNAVAILABLE: {
    disposition: 'retry',
    hint: 'The event log cannot be written; check the disk or the cluster',
  },
  LOG_LOST_RECORDS: {
    disposition: 'retry',
    hint: 'Records were lost before they were read; a full comparison finds what they said',
  },
  STATE_UNAVAILABLE: {
    disposition: 'retry',
    hint: 'The state store does not answer; the applier waits for it',
  },
  FACT_UNREADABLE: {
    disposition: 'halt',
    hint: 'A decision on the log cannot be understood; run the version that wrote it, or a newer one',
  },
  PLAN_OUTDATED: {
    disposition: 'halt',
    hint: 'Make the plan again with `lockstep plan`, look at it, then approve that one',
  },
  CENSUS_OPEN: {
    disposition: 'halt',
    hint: 'Link what the new shop holds, or set it aside, with `lockstep links`; then plan and approve again',
  },
  EPOCH_LOST: {
    disposition: 'retry',
    hint: 'Another process owns this partition now; nothing to do',
  },
} as const satisfies Record<string, { disposition: Disposition; hint: string }>;

export type SyncErrorCode = keyof typeof SYNC_ERRORS;

/** An operating error: something outside this program went wrong, and `disposition` says what to do. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: SyncErrorCode;
  /** HTTP status where a store answered one. */
  readonly status: number | null;
  /** How long the store asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
  readonly hint: string;

  constructor(
    code: SyncErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly status?: number;
      readonly retryAfterMs?: number;
      /** The remedy as another process told it; absent: that of the code. */
      readonly hint?: string;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.hint = options.hint ?? SYNC_ERRORS[code].hint;
  }

  get disposition(): Disposition {
    return SYNC_ERRORS[this.code].disposition;
  }
}

export function isSyncError(error: unknown): error is SyncError {
  return error instanceof SyncError;
}
