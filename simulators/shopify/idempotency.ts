/** How long the store remembers a key (second hand: a day). */
const MEMORY_MS = 24 * 60 * 60 * 1000;

export type IdempotencyRefusal =
  | 'IDEMPOTENCY_CONCURRENT_REQUEST'
  | 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH'
  | 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED';

const MESSAGES: Readonly<Record<IdempotencyRefusal, string>> = {
  IDEMPOTENCY_CONCURRENT_REQUEST: 'This request is currently in progress, please try again.',
  IDEMPOTENCY_KEY_PARAMETER_MISMATCH: 'The same idempotency key cannot be used with different operation parameters.',
  IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED: 'The previous attempt with this idempotency key failed, please use a new key.',
};

type Outcome = { readonly failed: true } | { readonly failed: false; readonly result: unknown };

export type Idempotency = {
  /** A call with this key has been accepted and is not done: others are told to wait. */
  readonly reserve: (key: string) => void;
  readonly release: (key: string) => void;
  readonly run: <T>(
    key: string,
    fingerprint: string,
    work: () => { readonly result: T; readonly failed: boolean },
    refuse: (code: IdempotencyRefusal, message: string) => T,
  ) => T;
};

export function createIdempotency(now: () => number): Idempotency {
  const remembered = new Map<
    string,
    { readonly fingerprint: string; readonly at: number; readonly outcome: Outcome }
  >();
  const running = new Set<string>();

  return {
    reserve: (key) => void running.add(key),
    release: (key) => void running.delete(key),
    run<T>(
      key: string,
      fingerprint: string,
      work: () => { readonly result: T; readonly failed: boolean },
      refuse: (code: IdempotencyRefusal, message: string) => T,
    ): T {
      const because = (code: IdempotencyRefusal): T => refuse(code, MESSAGES[code]);
      if (running.has(key)) return because('IDEMPOTENCY_CONCURRENT_REQUEST');
      const known = remembered.get(key);
      if (known !== undefined && now() - known.at < MEMORY_MS) {
        if (known.fingerprint !== fingerprint) return because('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
        if (known.outcome.failed) return because('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
        return known.outcome.result as T;
      }
      try {
        const { result, failed } = work();
        remembered.set(key, { fingerprint, at: now(), outcome: failed ? { failed } : { failed, result } });
        return result;
      } catch (error) {
        remembered.set(key, { fingerprint, at: now(), outcome: { failed: true } });
        throw error;
      }
    },
  };
}
