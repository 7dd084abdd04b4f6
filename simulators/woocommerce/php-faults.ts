import type { Body } from './values.ts';

/**
 * How far a creation had come when its PHP process died (a reload, a kill, a limit of the host). Rows are written in this order, and
 * what was written stays:
 * - order: `row` (no meta, no address, no items) → `meta` → `items` (not yet calculated) → `totals` (pending) → `status` (stock not yet
 *   moved, nobody mailed)
 * - product: `row` (name, slug, status) → `sku` → `data` (all but its own meta)
 * - customer: `row` (the user alone) → `data` (all but meta)
 */
export type Stage = 'row' | 'sku' | 'meta' | 'data' | 'items' | 'totals' | 'status';

export type PhpFault = {
  /** Matches the call's name; absent: every write. */
  readonly match?: RegExp;
  readonly effect:
    /** Dies in the middle, answered 502. Of a batch, each creation in it: only its first row is begun. */
    | { readonly type: 'killed'; readonly after: Stage }
    /** Another transaction holds the rows of price and stock too long: 200, those keep their old value, the rest is written. */
    | { readonly type: 'locked' }
    /** The web server gives up waiting, or no worker was free: 504. The call is applied `landsAfterMs` later; null: it never began. */
    | { readonly type: 'gateway'; readonly landsAfterMs: number | null };
  /** How often it strikes; absent: always. */
  readonly times?: number;
};

export type PhpFaultPlan = {
  readonly plant: (fault: PhpFault) => void;
  readonly clear: () => void;
  readonly strike: (call: { readonly name: string; readonly kind: 'read' | 'write' }) => PhpFault['effect'] | undefined;
};

export function createPhpFaults(): PhpFaultPlan {
  let faults: { readonly fault: PhpFault; left: number }[] = [];
  return {
    plant(fault) {
      faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      faults = [];
    },
    strike({ name, kind }) {
      if (kind === 'read') return undefined;
      const hit = faults.find(({ fault, left }) => left > 0 && (fault.match?.test(name) ?? true));
      if (hit === undefined) return undefined;
      hit.left -= 1;
      return hit.fault.effect;
    },
  };
}

/** Thrown where the process dies: nothing after it runs. */
export class PhpDied extends Error {
  override readonly name = 'PhpDied';
}

/** Ends the call here where its process was to die at this stage. */
export function dieAt(stage: Stage, { diesAfter }: { readonly diesAfter?: Stage }): void {
  if (diesAfter === stage) throw new PhpDied(`Died after ${stage}`);
}

const LOCKED_FIELDS = new Set([
  'stock_quantity',
  'inventory_delta',
  'manage_stock',
  'stock_status',
  'regular_price',
  'sale_price',
]);

/** What of a body can be written while the rows of price and stock are locked. */
export function withoutLocked(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).flatMap(([field, value]): [string, unknown][] => {
      if (LOCKED_FIELDS.has(field)) return [];
      if (field !== 'update' || !Array.isArray(value)) return [[field, value]];
      return [[field, (value as Body[]).map(withoutLocked)]];
    }),
  );
}
