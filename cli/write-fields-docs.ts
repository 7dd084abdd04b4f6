import { writeFile } from 'node:fs/promises';

import { fieldsMarkdown } from '#libs/connectors/fields-docs.ts';
import { declaredPlatforms } from './declared-platforms.ts';

// `npm run docs:fields`: what the connectors declare, so that the page cannot say otherwise.
await writeFile(new URL('../docs/fields.md', import.meta.url), fieldsMarkdown(await declaredPlatforms()));
