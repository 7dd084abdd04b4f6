import CircuitBreaker from 'opossum';

import type { Clock } from '#libs/runtime/clock.ts';
import { abortReason } from '#libs/runtime/clock.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';

/** Whether one store answers at all. Only its probe read decides that, never the fate of a single call. */
export type StoreHealth = {
  readonly isWell: () => boolean;
  /** Told after a call failed with 5xx, silence or no connection; resolves when a probe has shown whose fault it was. */
  readonly failed: (error: unknown) => Promise<StoreCondition>;
  /** Resolves when the store is well; rejects when the signal is aborted first. */
  readonly whenWell: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
};

export type StoreCondition = 'ill' | 'well';

export type StoreHealthOptions = {
  readonly name: string;
  /** The cheapest read of the store; throws a SyncError when the store does not answer it. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  /** Called when the store becomes ill, with what the probe met, and when it is well again. */
  readonly onChange: (condition: StoreCondition, reason: unknown) => void;
  /** How long an ill store is left alone before the probe tries again, milliseconds. */
  readonly resetMs: number;
};

/** Health of a store by an opossum breaker around the probe alone: the probe is the half-open trial as well. */
export function createStoreHealth(options: StoreHealthOptions): StoreHealth {
  return createHealth(options, openOpossum);
}

/** The same on the given clock alone, for a simulated world: opossum's timers are the system's. */
export function createVirtualHealth(options: StoreHealthOptions): StoreHealth {
  return createHealth(options, openVirtual);
}

/** A closed breaker runs each probe; one failure opens it; after `resetMs` it asks for a trial, which closes or opens it again. */
type ProbeBreaker = { readonly fire: () => Promise<void>; readonly close: () => void };
type BreakerEvents = { readonly opened: () => void; readonly closed: () => void; readonly halfOpened: () => void };
type OpenBreaker = (options: StoreHealthOptions, probe: () => Promise<void>, events: BreakerEvents) => ProbeBreaker;

function createHealth(options: StoreHealthOptions, openBreaker: OpenBreaker): StoreHealth {
  const closing = new AbortController();
  let ill = false;
  let lastError: unknown = null;
  let probing: Promise<StoreCondition> | null = null;
  const waiting = new Set<() => void>();

  const breaker = openBreaker(
    options,
    async () => {
      try {
        await options.probe(closing.signal);
      } catch (error) {
        lastError = error;
        // A refusal or a rate limit is an answer: the store is well.
        if (isIllness(error)) throw error;
      }
    },
    {
      opened() {
        if (ill) return;
        ill = true;
        options.onChange('ill', lastError);
      },
      closed() {
        if (!ill) return;
        ill = false;
        options.onChange('well', null);
        for (const wake of waiting) wake();
        waiting.clear();
      },
      halfOpened: () => void look(),
    },
  );

  /** One probe at a time, whoever asks; never rejects. */
  const look = (): Promise<StoreCondition> => {
    probing ??= breaker
      .fire()
      .then(
        (): StoreCondition => 'well',
        (): StoreCondition => 'ill',
      )
      .finally(() => {
        probing = null;
      });
    return probing;
  };

  return {
    isWell: () => !ill,
    failed: () => (ill ? Promise.resolve('ill') : look()),
    whenWell: (signal) => (ill ? waitIn(waiting, signal) : Promise.resolve()),
    close() {
      closing.abort(new Error(`Health watch of ${options.name} has ended`));
      breaker.close();
    },
  };
}

function waitIn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    const wake = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = (): void => {
      waiting.delete(wake);
      reject(abortReason(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.add(wake);
  });
}

/** What says that the store itself does not serve; a foreign page in its place counts as well. Unknown errors do, to be safe. */
function isIllness(error: unknown): boolean {
  if (!isSyncError(error)) return true;
  return (
    error.code === 'STORE_UNREACHABLE' ||
    error.code === 'STORE_SILENT' ||
    error.code === 'STORE_FAILED' ||
    error.code === 'STORE_ANSWER_FOREIGN'
  );
}

const openOpossum: OpenBreaker = ({ name, resetMs }, probe, events) => {
  const breaker = new CircuitBreaker(probe, {
    name,
    // Its own time-out would drop the answer of a call that runs on; the probe has its limit from the connector.
    timeout: false,
    resetTimeout: resetMs,
    // The first failed probe opens it, however many went well before.
    errorThresholdPercentage: 0,
    volumeThreshold: 0,
    enableSnapshots: false,
    rollingPercentilesEnabled: false,
  });
  breaker.on('open', events.opened);
  breaker.on('close', events.closed);
  breaker.on('halfOpen', events.halfOpened);
  return { fire: () => breaker.fire(), close: () => breaker.shutdown() };
};

const openVirtual: OpenBreaker = ({ clock, resetMs }, probe, events) => {
  let cancel: (() => void) | null = null;
  return {
    async fire() {
      try {
        await probe();
        events.closed();
      } catch (error) {
        events.opened();
        cancel?.();
        cancel = clock.after(resetMs, events.halfOpened);
        throw error;
      }
    },
    close: () => cancel?.(),
  };
};
