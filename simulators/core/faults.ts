/**
 * Faults that a test or the demo plants into a simulated store's answers.
 *
 * A fault is matched against the name of a call (see `CallRecord.name`), at most `times` times.
 */
export type Fault = {
  /** Matches the call's name; absent: every call. */
  readonly match?: RegExp;
  /** Matches only calls whose raw body contains this text (one poisonous item of a batch, say). */
  readonly bodyIncludes?: string;
  /** Matches only calls with this access token or consumer key, of several that are valid (one of several processes, say). */
  readonly token?: string;
  readonly kind: 'read' | 'write' | 'any';
  readonly effect:
    /** Answered 429 (or THROTTLED) without being applied. */
    | { readonly type: 'throttle'; readonly retryAfterSeconds?: number }
    /** Answered with this status without being applied. */
    | { readonly type: 'status'; readonly status: number; readonly body?: string }
    /** Applied, answered after this many milliseconds. */
    | { readonly type: 'slow'; readonly delayMs: number }
    /** The connection is cut; the call is applied `landsAfterMs` later (0: before the cut), or never (null). */
    | { readonly type: 'lost-answer'; readonly landsAfterMs: number | null }
    /** The call waits, before it is applied, until `release` is called. */
    | { readonly type: 'hold-before'; readonly gate: Gate }
    /** The call is applied, its answer waits until `release` is called. */
    | { readonly type: 'hold-after'; readonly gate: Gate }
    /** Only the first `items` rows of a batch are applied, then the connection is cut. */
    | { readonly type: 'partial'; readonly items: number };
  /** How often it strikes; absent: always. */
  readonly times?: number;
  /** Chance of striking at each match, 0–1; absent: 1. */
  readonly chance?: number;
};

/** A gate that a call waits at: `reached` resolves when a call stands at it, `release` lets it (and all later ones) through. */
export type Gate = {
  readonly reached: Promise<void>;
  readonly opened: Promise<void>;
  readonly arrive: () => void;
  readonly release: () => void;
};

export function createGate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    opened: opened.promise,
    arrive: () => reached.resolve(),
    release: () => opened.resolve(),
  };
}

export type FaultPlan = {
  readonly plant: (fault: Fault) => void;
  readonly clear: () => void;
  /** The fault that strikes this call, if any; counts it. */
  readonly strike: (call: {
    readonly name: string;
    readonly kind: 'read' | 'write';
    readonly body: string;
    readonly token?: string | undefined;
  }) => Fault['effect'] | undefined;
};

export function createFaultPlan(random: () => number): FaultPlan {
  let faults: { fault: Fault; left: number }[] = [];
  return {
    plant(fault) {
      faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      faults = [];
    },
    strike({ name, kind, body, token }) {
      const hit = faults.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.kind === 'any' || fault.kind === kind) &&
          (fault.match?.test(name) ?? true) &&
          (fault.bodyIncludes === undefined || body.includes(fault.bodyIncludes)) &&
          (fault.token === undefined || fault.token === token) &&
          random() < (fault.chance ?? 1),
      );
      if (hit === undefined) return undefined;
      hit.left -= 1;
      return hit.fault.effect;
    },
  };
}
