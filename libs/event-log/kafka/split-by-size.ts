type Sized = { readonly key: string; readonly value: string | null };

/** Brokers refuse a batch of more than a megabyte, and all that is sent to a partition at once is one batch. */
const PART_BYTES = 500_000;
/** What a record takes besides its key and value, generously. */
const RECORD_BYTES = 100;

/** Splits what is to be sent into parts that a broker takes, in order; a record that is too large by itself is a part alone. */
export function splitBySize<T extends Sized>(messages: readonly T[], maxBytes = PART_BYTES): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = RECORD_BYTES + Buffer.byteLength(message.key) + Buffer.byteLength(message.value ?? '');
    const part = parts.at(-1);
    if (part === undefined || bytes + size > maxBytes) {
      parts.push([message]);
      bytes = size;
    } else {
      part.push(message);
      bytes += size;
    }
  }
  return parts;
}
