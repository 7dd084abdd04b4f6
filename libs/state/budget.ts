import type { BudgetLimit } from './state-store.ts';

/** A bucket as it is kept: what was left, and when. */
export type Bucket = { readonly left: number; readonly at: number };

/** The bucket now. A missing one starts empty; a clock that fell back refills nothing. */
export function refill(bucket: Bucket | null, now: number, { capacity, perSecond }: BudgetLimit): Bucket {
  if (bucket === null) return { left: 0, at: now };
  const grown = (Math.max(0, now - bucket.at) / 1000) * perSecond;
  return { left: Math.min(capacity, bucket.left + grown), at: now };
}

/** Takes the cost, or says how long to wait. What costs more than the bucket can hold takes a full one, and leaves a debt. */
export function take(
  bucket: Bucket,
  cost: number,
  { capacity, perSecond }: BudgetLimit,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const missing = Math.min(cost, capacity) - bucket.left;
  if (missing <= 0) return { bucket: { ...bucket, left: bucket.left - cost }, waitMs: 0 };
  return { bucket, waitMs: Math.max(1, Math.ceil((missing / perSecond) * 1000)) };
}
