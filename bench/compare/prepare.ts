import { must } from '#libs/runtime/must.ts';
import { followFacts, settingsOf } from '../applier/pair.ts';
import { openFolder } from './open-folder.ts';

// prepare.ts <folder> <count>: a pair with a link for each product. A process of its own, whose memory is not measured.
const folder = must(process.argv[2], 'a folder');
const facts = followFacts(settingsOf('acme'), Number(process.argv[3]), Date.now());
const opened = await openFolder(folder);
await opened.log.openPair('acme');
for (let at = 0; at < facts.length; at += 5_000) await opened.facts.put(facts.slice(at, at + 5_000));
await opened.close();
