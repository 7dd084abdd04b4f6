import { expect, test } from 'vitest';

import { createMetrics } from '#libs/runtime/metrics.ts';
import { createHealthApp } from '../../../cli/private-port.ts';

const answers = { getNote: () => Promise.resolve(null) };
const silent = { getNote: () => Promise.reject(new Error('away')) };

test.each([
  { state: answers, isOnLog: true, status: 200, body: { ready: true, log: 'well', state: 'well' } },
  { state: answers, isOnLog: false, status: 503, body: { ready: false, log: 'waiting', state: 'well' } },
  { state: silent, isOnLog: true, status: 503, body: { ready: false, log: 'well', state: 'ill' } },
])('a process is ready once it is on the log and its state store answers ($status)', async (given) => {
  const app = createHealthApp({ state: given.state, metrics: createMetrics() }, () => given.isOnLog);

  const [live, ready] = [await app.request('/health/live'), await app.request('/health/ready')];

  expect(live.status).toBe(200);
  expect({ status: ready.status, body: await ready.json() }).toEqual({ status: given.status, body: given.body });
});
