import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { cliFolder } from './cli-harness.ts';

// Each command opens log and state on the disk, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let folder: Awaited<ReturnType<typeof cliFolder>>;
beforeEach(async () => {
  folder = await cliFolder();
});
afterEach(() => folder.remove());

describe('the command', () => {
  test('tells its verbs, and ends with 2 where none is named', async () => {
    const help = await folder.run('help');
    const none = await folder.run();

    expect(help.code).toBe(0);
    expect(help.out).toContain('lockstep check');
    expect(none.code).toBe(2);
    expect(none.err).toContain('lockstep check');
  });

  test('names the verb, option or pair that was probably meant', async () => {
    expect((await folder.run('stauts')).err).toContain('did you mean "status"?');
    expect((await folder.run('status', '--jsno')).err).toContain('did you mean "--json"?');
    expect((await folder.run('pause', 'acmee')).err).toContain('did you mean "acme"?');
    expect((await folder.run('parked', 'retri')).err).toContain('did you mean "retry"?');
    expect((await folder.run('start', 'aplier')).err).toContain('did you mean "applier"?');
  });

  test('takes no word that it would pass over', async () => {
    // It would hold the whole pair, where one field was meant.
    const paused = await folder.run('pause', 'acme', 'variant.quantity');
    const status = await folder.run('status', '--json');

    expect(paused.code).toBe(2);
    expect(paused.err).toContain('"variant.quantity"');
    expect(paused.err).toContain('→ lockstep help pause');
    expect(JSON.parse(status.out)).toMatchObject([{ holds: [] }]);
  });

  test('tells its version, and help for -h as well', async () => {
    expect(await folder.run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await folder.run('status', '-h')).out).toContain('lockstep status [pair]');
  });

  test('ends with 2 for a usage error, and says what to do', async () => {
    const { code, err } = await folder.run('nonsense');

    expect(code).toBe(2);
    expect(err).toContain('→');
  });

  test('tells every mistake of a config at once', async () => {
    const bad = await cliFolder('pairs:\n  acme: { source: { platform: woo } }\ntimng: {}\n');

    const { code, err } = await bad.run('check');
    await bad.remove();

    expect(code).toBe(2);
    expect(err).toMatch(/^lockstep\.config\.yaml has \d mistakes:/);
    expect(err).toContain('did you mean "timing"?');
    expect(err).toContain('pairs.acme.target');
  });

  test('tells errors as JSON when asked', async () => {
    const { err } = await folder.run('pause', 'nobody', '--json');

    expect(JSON.parse(err)).toMatchObject({ error: { code: 'PAIR_UNKNOWN' } });
  });
});

describe('init', () => {
  test('writes an example that is never written over', async () => {
    const empty = await cliFolder('');

    const first = await empty.run('init');
    const written = await readFile(join(empty.cwd, 'lockstep.config.yaml'), 'utf8');
    const second = await empty.run('init');
    await empty.remove();

    expect(first.code).toBe(0);
    expect(written).toContain('platform: woocommerce');
    expect(second.code).toBe(2);
  });
});

describe('pause, resume, log, status', () => {
  test('a paused pair is held, seen in status and log, and goes on when it is resumed', async () => {
    const paused = await folder.run('pause', 'acme', '--reason', 'mass change');
    const held = await folder.run('status');
    const resumed = await folder.run('resume');
    const log = await folder.run('log');
    const after = await folder.run('status', '--json');

    expect(paused.code).toBe(0);
    expect(held).toMatchObject({ code: 1, out: expect.stringContaining('HELD since') });
    expect(held.out).toContain('by anna: mass change');
    expect(resumed.out).toContain('acme goes on');
    expect(log.out.trim().split('\n')).toEqual([
      expect.stringMatching(/anna {2}paused the pair: mass change$/),
      expect.stringMatching(/anna {2}resumed the pair$/),
    ]);
    expect(JSON.parse(after.out)).toMatchObject([{ pair: 'acme', phase: 'observe', holds: [], behind: 0 }]);
    expect(after.code).toBe(0);
  });

  test('one field can be held alone, and only a field', async () => {
    await folder.run('pause', '--field', 'variant.quantity');

    expect((await folder.run('status')).out).toContain('variant.quantity HELD since');
    expect((await folder.run('pause', '--field', 'variant.stock')).code).toBe(2);
  });
});

describe('parked', () => {
  test('nothing is parked at first, and what is not parked can be neither tried nor dropped', async () => {
    expect(await folder.run('parked')).toMatchObject({ code: 0, out: 'acme  nothing is parked\n' });
    expect((await folder.run('parked', 'retry', 'order:5')).err).toContain('it is not parked');
    expect((await folder.run('parked', 'drop', 'order:5')).err).toContain('it is not parked');
    expect((await folder.run('parked', 'show')).err).toContain('name its id');
  });
});

describe('check', () => {
  test('names shops that cannot be reached, goes on with the rest, and pins nothing', async () => {
    const { code, out } = await folder.run('check');
    const log = await folder.run('log');

    expect(code).toBe(2);
    expect(out).toContain('✗ old shop reachable');
    expect(out).toContain('✗ new shop reachable');
    expect(out).toContain('✓ log');
    expect(out).toContain('2 problems');
    expect(log.out).toContain('Nobody has done anything');
  });
});
