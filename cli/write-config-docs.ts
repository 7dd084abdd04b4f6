import { writeFile } from 'node:fs/promises';

import { PLATFORMS } from '#libs/connectors/registry.ts';
import { configJsonSchema, configMarkdown } from '#libs/runtime/config/config-docs.ts';

// `npm run docs:config`: what is written from the schema, so that the two cannot disagree.
const docs = new URL('../docs/', import.meta.url);
await writeFile(new URL('configuration.md', docs), configMarkdown(PLATFORMS));
await writeFile(new URL('lockstep.schema.json', docs), `${JSON.stringify(configJsonSchema(PLATFORMS), null, 2)}\n`);
