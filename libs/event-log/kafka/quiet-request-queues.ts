import { createRequire } from 'node:module';

type RequestQueue = { readonly pending: readonly unknown[] };
type Schedule = (this: RequestQueue) => void;

let done = false;

/**
 * After each answer the client library (2.2.4) arms a timer to look for waiting requests, also where none waits; its time lies in
 * the past, of which Node warns on stderr. A timer is needed only where something waits, and whatever comes to wait arms one itself.
 */
export function quietRequestQueues(): void {
  if (done) return;
  done = true;
  const queue: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  if (!hasSchedule(queue)) return;
  const schedule = queue.prototype.scheduleCheckPendingRequests;
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}

// Another version of the library may have no such method: then it may have no such warning either, and a test will tell.
function hasSchedule(queue: unknown): queue is { readonly prototype: { scheduleCheckPendingRequests: Schedule } } {
  if (typeof queue !== 'function') return false;
  const prototype: unknown = queue.prototype;
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    'scheduleCheckPendingRequests' in prototype &&
    typeof prototype.scheduleCheckPendingRequests === 'function'
  );
}
