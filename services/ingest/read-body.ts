/** The whole body of a request, or why there is none. */
export type BodyRead =
  | { readonly kind: 'body'; readonly body: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken' };

/** Reads a request's raw bytes and stops at the limit, whatever its length was said to be. */
export async function readBody(request: Request, limitBytes: number): Promise<BodyRead> {
  const announced = request.headers.get('content-length');
  if (Number(announced ?? '0') > limitBytes) return { kind: 'too-large' };
  // The parser hands over no more than was announced, so it is read in one piece: a web stream costs more than all the rest.
  if (announced !== null) return readWhole(request);
  if (request.body === null) return { kind: 'body', body: new Uint8Array() };
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of request.body) {
      bytes += part.byteLength;
      if (bytes > limitBytes) return { kind: 'too-large' };
      parts.push(part);
    }
  } catch {
    // The connection ended before the body did.
    return { kind: 'broken' };
  }
  return { kind: 'body', body: Buffer.concat(parts) };
}

async function readWhole(request: Request): Promise<BodyRead> {
  try {
    return { kind: 'body', body: new Uint8Array(await request.arrayBuffer()) };
  } catch {
    return { kind: 'broken' };
  }
}
