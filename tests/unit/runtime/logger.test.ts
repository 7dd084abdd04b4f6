import { expect, test } from 'vitest';

import { createLogger } from '#libs/runtime/logger.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';

function capture(options: { pretty?: boolean; secrets?: readonly string[] } = {}) {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', destination: { write: (line) => lines.push(line) }, ...options });
  return { logger, lines };
}

test('a line carries the service, the level by name, and the fields of its child', () => {
  const { logger, lines } = capture();

  logger.child({ pair: 'acme' }).info({ root: 'product:1' }, 'applied');

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    service: 'test',
    pair: 'acme',
    root: 'product:1',
    msg: 'applied',
  });
});

test('a secret is in no line, whether in a field of that name or anywhere else', () => {
  const { logger, lines } = capture({ secrets: ['cs_0123456789', 'with "quotes"'] });

  logger.warn({ accessToken: 'shpat_1', store: { consumerSecret: 'other' } }, 'fields');
  logger.error({ err: new Error('refused: cs_0123456789 with "quotes"') }, 'cs_0123456789');

  const all = lines.join('');
  expect(all).toContain('[secret]');
  for (const secret of ['shpat_1', 'other', 'cs_0123456789', 'quotes']) expect(all).not.toContain(secret);
});

test('an error tells its code and cause', () => {
  const { logger, lines } = capture();

  logger.error({ err: new SyncError('LOG_UNAVAILABLE', 'Cannot publish: x', { cause: new Error('disk') }) }, 'failed');

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { code: 'LOG_UNAVAILABLE', message: 'Cannot publish: x', cause: 'disk' },
  });
});

test('for people a line is words and name=value', () => {
  const { logger, lines } = capture({ pretty: true });

  logger.info({ pair: 'acme', behind: 0 }, 'in step');

  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}info {3}test {6}in step {2}pair=acme {2}behind=0\n$/);
});
