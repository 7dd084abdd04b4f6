export type ThrottleStatus = {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
};

/** A leaky bucket of points: a call takes what it asks for, and gets back what it did not use. */
export type Bucket = {
  readonly take: (points: number) => boolean;
  readonly refund: (points: number) => void;
  readonly drain: (points: number) => void;
  readonly status: () => ThrottleStatus;
};

export function createBucket({
  size,
  restoreRate,
  now,
}: {
  size: number;
  restoreRate: number;
  now: () => number;
}): Bucket {
  let level = size;
  let at = now();

  const restore = (): void => {
    level = Math.min(size, level + ((now() - at) / 1000) * restoreRate);
    at = now();
  };

  return {
    take(points) {
      restore();
      if (points > level) return false;
      level -= points;
      return true;
    },
    refund(points) {
      level = Math.min(size, level + points);
    },
    drain(points) {
      restore();
      level = Math.max(0, level - points);
    },
    status() {
      restore();
      return { maximumAvailable: size, currentlyAvailable: Math.floor(level), restoreRate };
    },
  };
}
