import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { CONFIG_FILE } from '#libs/runtime/config/load-config.ts';
import { isErrno } from '#libs/runtime/data-dir.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { say } from './io.ts';
import { SAMPLE_CONFIG } from './sample-config.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'init [file]',
  words: 1,
  details: 'Never overwrites a file.',
  run: async (args, io) => {
    const name = args.words[0] ?? args.config ?? CONFIG_FILE;
    try {
      await writeFile(resolve(io.cwd, name), SAMPLE_CONFIG, { flag: 'wx' });
    } catch (error) {
      if (isErrno(error, 'EEXIST')) throw new SyncError('USAGE', `Cannot write "${name}": it is there already`);
      throw error;
    }
    if (args.json) say(io, JSON.stringify({ written: name }));
    else say(io, `Wrote ${name}. Fill in the two shops, set the environment variables it names, then: lockstep check`);
    return 0;
  },
};
