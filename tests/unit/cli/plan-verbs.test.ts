import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { cliFolder } from './cli-harness.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: Awaited<ReturnType<typeof cliFolder>>;
beforeEach(async () => {
  folder = await cliFolder();
});
afterEach(() => folder.remove());

test('approve makes a plan first where there is none; shops that do not answer approve nothing', async () => {
  const approved = await folder.run('approve');
  const status = await folder.run('status', '--json');

  expect(approved.code).not.toBe(0);
  expect(approved.err).toContain('→');
  expect(JSON.parse(status.out)).toMatchObject([{ phase: 'observe', alarms: [] }]);
});

test('approve refuses a plan that was never made', async () => {
  const { code, err } = await folder.run('approve', '--plan', 'nobody');

  expect(code).toBe(2);
  expect(err).toContain('there is no such plan');
});

test('report says so where nothing was compared yet', async () => {
  const list = await folder.run('report');
  const show = await folder.run('report', 'show');

  expect(list).toMatchObject({ code: 0, out: 'acme  not compared yet → lockstep reconcile acme\n' });
  expect(show.code).toBe(2);
  expect(show.err).toContain('it was never compared');
});

test('what cannot be meant is refused, with what could be', async () => {
  expect((await folder.run('plan', '--limit', 'many')).err).toContain('it is not a number');
  expect((await folder.run('sync')).err).toContain('name a SKU');
  expect((await folder.run('reconcile', '--repair', '--dry-run')).err).toContain('leave one of them out');
  expect((await folder.run('reconcile', '--entity', 'basket')).err).toContain('product, variant, order, customer');
  expect((await folder.run('report', 'exprot')).err).toContain('did you mean "export"?');
});
