/**
 * Where the thread of the embedded log starts: this source under Node's type stripping, its bundled sibling in a package.
 * The packaging must emit `embedded-log-worker.js` beside the bundle that holds this file.
 */
export function embeddedLogWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
  return new URL(`./embedded-log-worker.${extension}`, import.meta.url);
}
